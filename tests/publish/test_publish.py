"""Publishing by the API: who may, what is answered, what git holds, and what readers see."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from builder.publish.publications import Publications
from tests.local_server import as_json, serving
from tests.package_proof import asking
from tests.patience import wait_for
from tests.publish.publications import ALICES, item, server
from tests.publish.running import Desk, Surroundings, bearer, membership
from tests.registry import Registry, entry


def test_a_publication_is_one_commit_and_seen_at_once(desk: Desk) -> None:
    before = desk.commits()
    answer = desk.publish(server(), desk.token())
    assert answer.status_code == 200, answer.text
    official = answer.json()["_meta"]["io.modelcontextprotocol.registry/official"]
    assert official["status"] == "active" and official["isLatest"]
    assert answer.json()["server"] == server()
    assert item(desk, ALICES, "1.0.0") == item(desk, ALICES, "latest") == answer.json()
    assert desk.commits() == [desk.tip, *before]
    changed = desk.registry.git("diff-tree", "-r", "--name-status", f"{desk.tip}~", desk.tip)
    assert changed.split("\n") == [
        "A\tservers/io.github.alice/namespace.yaml",
        f"A\tservers/{ALICES}/1.0.0.json",
    ]
    shown = desk.registry.git(
        "log", "-1", "--format=%an %ae|%cn %ce|%s|%(trailers:key=Proof,valueonly,separator=%x20)|"
        "%(trailers:key=Proof-Subject,valueonly,separator=%x20)", "main",
    )  # fmt: skip
    assert shown == (
        "alice 583231+alice@users.noreply.github.com|Test registry noreply@registry.example.com|"
        f"Publish {ALICES} 1.0.0|github-at|alice (583231)"
    )
    assert "id: 583231" in desk.file("servers/io.github.alice/namespace.yaml")
    desk.registry.git("fsck", "--strict", "--full")


def test_lists_follow_and_the_bytes_stay(around: Surroundings, tmp_path: Path) -> None:
    with around.running(tmp_path, options={"builds": True}) as desk:
        lists_follow(desk)


def lists_follow(desk: Desk) -> None:
    desk.publish(server(), desk.token())
    path = f"/v0/servers/{quote(ALICES, safe='')}/versions"
    at_once = [desk.get(f"{path}{tail}").content for tail in ("", "/latest", "/1.0.0")]
    wait_for(lambda: desk.get("/v0/servers").json()["metadata"]["count"] == 1)
    wait_for(lambda: (desk.out / "v0.1/servers" / ALICES / "versions/1.0.0/index.json").is_file())
    assert [desk.get(f"{path}{tail}").content for tail in ("", "/latest", "/1.0.0")] == at_once
    built = desk.out / "v0.1/servers" / ALICES / "versions/1.0.0/index.json"
    assert built.read_bytes() == at_once[2]


def test_the_site_is_deployed_after_a_publication(around: Surroundings, tmp_path: Path) -> None:
    target = tmp_path / "www"
    options = {"builds": True, "deploy": str(target)}
    with around.running(tmp_path / "registry", options=options) as desk:
        at_once = desk.publish(server(), desk.token()).content
        there = target / "v0.1/servers" / ALICES / "versions/1.0.0/index.json"
        wait_for(there.is_file)
        assert there.read_bytes() == at_once


def test_packages_are_asked_whose_they_are(around: Surroundings, tmp_path: Path) -> None:
    npm = {
        "registryType": "npm",
        "identifier": "@acme/weather",
        "version": "1.0.0",
        "transport": {"type": "stdio"},
    }
    owner = ""
    with serving(lambda _request: as_json({"mcpName": owner})) as packages:
        options = {"packages": asking.settings({"npm": packages.url})}
        with around.running(tmp_path, options=options) as desk:
            document, token = server(packages=[npm]), desk.token()
            refused = desk.publish(document, token)
            assert refused.status_code == 400
            assert [one["value"] for one in refused.json()["errors"]] == ["package-not-owned"]
            owner = ALICES
            assert desk.publish(document, token).status_code == 200


def test_the_working_tree_follows(desk: Desk) -> None:
    (desk.registry.root / "notes.txt").write_text("mine")
    desk.publish(server(), desk.token())
    wait_for(lambda: (desk.registry.root / f"servers/{ALICES}/1.0.0.json").is_file())
    wait_for(lambda: desk.registry.git("status", "--porcelain") == "?? notes.txt")


def test_more_versions(desk: Desk) -> None:
    token = desk.token()
    for version in ("1.0.0", "1.1.0", "1.0.1"):
        assert desk.publish(server(version), token).status_code == 200
    assert item(desk, ALICES, "latest")["server"]["version"] == "1.1.0"
    listed = desk.get(f"/v0.1/servers/{quote(ALICES, safe='')}/versions").json()
    assert [one["server"]["version"] for one in listed["servers"]] == ["1.0.1", "1.1.0", "1.0.0"]


def test_the_publisher_s_document_is_passed_on_as_it_is(desk: Desk) -> None:
    document = server(
        description="Über <b>&amp;</b> 天気",
        _meta={"io.modelcontextprotocol.registry/publisher-provided": {"n": 1.50, "big": 2**70}},
    )
    answer = desk.publish(document, desk.token())
    assert answer.json()["server"] == document
    assert item(desk, ALICES, "1.0.0")["server"] == document


def test_every_spelling_of_the_address(desk: Desk) -> None:
    token, bases = (
        desk.token(),
        [f"{slash}{one}" for slash in ("/", "//") for one in ("v0", "v0.1")],
    )
    for number, base in enumerate(bases):
        answer = desk.client.post(
            f"{desk.url}{base}/publish", json=server(f"1.0.{number}"), headers=bearer(token)
        )
        assert answer.status_code == 200
        health = desk.get(f"{base}/health").json()
        assert (health["status"], health["github_client_id"]) == ("ok", "Iv1.registry")
        assert health["audience"] == "https://registry.example.com"
        assert health["oidc_issuer"] == desk.issuer.url
        assert health["oidc_client_id"] == "registry-client"


# Order of checks and bodies: contract, sections 1.7 and 1.10.


def test_organisations_by_their_owners(desk: Desk) -> None:
    desk.accounts.memberships["gho_alice"] = [
        *(membership(f"member-{number}", 5000 + number, "member") for number in range(100)),
        membership("acme", 9919, "admin"),
        membership("late", 9920, "admin", "pending"),
    ]
    token = desk.token()
    assert desk.publish(server(name="io.github.acme/tool"), token).status_code == 200
    assert "id: 9919" in desk.file("servers/io.github.acme/namespace.yaml")
    for name in ("io.github.member-1/tool", "io.github.late/tool"):
        assert desk.publish(server(name=name), token).status_code == 403


def test_github_that_counts_requests(desk: Desk) -> None:
    desk.accounts.limited = True
    answer = desk.log_in("github-at", github_token="gho_alice")
    assert answer.status_code == 502
    assert desk.log_in("github-at", github_token="gho_nobody").status_code == 401


def test_a_login_that_was_registered_again(desk: Desk) -> None:
    assert desk.publish(server(), desk.token()).status_code == 200
    answer = desk.publish(server("1.1.0"), desk.token(github_token="gho_fake_alice"))
    assert answer.status_code == 403
    assert "registered again" in answer.json()["errors"][0]["message"]


def test_a_listed_owner_may_publish(around: Surroundings, tmp_path: Path) -> None:
    owners = "owners: [{github: alice, id: 583231}]\nproof: github\n"
    with around.running(
        tmp_path,
        prepare=lambda registry: registry.commit(
            {"servers/io.github.bob/namespace.yaml": owners, **file("io.github.bob/tool", "0.1.0")}
        ),
    ) as desk:
        assert desk.publish(server(name="io.github.bob/tool"), desk.token()).status_code == 200


def file(name: str, version: str) -> dict[str, Any]:
    return {f"servers/{name}/{version}.json": entry(name, version)}


def test_what_a_person_must_look_at(desk: Desk, tmp_path: Path) -> None:
    desk.registry.commit(file("io.github.mallory/old", "1.0.0"))  # nobody was ever pinned
    answer = desk.publish(
        server(name="io.github.mallory/new"), desk.token(github_token="gho_mallory")
    )
    assert answer.status_code == 409
    assert "maintainer" in answer.json()["detail"]


def test_a_new_namespace_that_waits(around: Surroundings, tmp_path: Path) -> None:
    def wait(registry: Registry) -> None:
        text = (registry.root / "registry.yaml").read_text()
        registry.commit({"registry.yaml": text + "policy: {new_namespace_hours: 24}\n"})

    with around.running(tmp_path, prepare=wait) as desk:
        answer = desk.publish(server(), desk.token())
        assert answer.status_code == 409
        assert "24 hours to object" in answer.json()["detail"]


def test_what_others_commit_meanwhile(desk: Desk) -> None:
    """A merge by hand, between two publications: it is kept, and the second follows it."""
    token = desk.token()
    desk.publish(server(), token)
    wait_for(lambda: desk.registry.git("status", "--porcelain") == "")
    theirs = desk.registry.commit(file("com.example/other", "1.0.0"))
    assert desk.publish(server("1.1.0"), token).status_code == 200
    assert theirs in desk.commits()
    assert item(desk, "com.example/other", "1.0.0")


def test_the_log_has_decisions_and_no_secrets(desk: Desk) -> None:
    token = desk.token()
    desk.publish(server(), token)
    desk.publish(server(), desk.token(github_token="gho_mallory"))
    desk.log_in("github-at", github_token="gho_wrong_secret")
    lines = desk.decisions
    assert [(line["action"], line["status"]) for line in lines] == [
        ("log in", 200), ("publish", 200), ("log in", 200), ("publish", 403), ("log in", 401),
    ]  # fmt: skip
    published = lines[1]
    assert (published["name"], published["version"]) == (ALICES, "1.0.0")
    assert (published["subject"], published["commit"]) == ("alice (583231)", desk.tip)
    assert published["address"] == "127.0.0.1"
    for secret in (token, "gho_"):
        assert secret not in desk.log.getvalue()


def test_a_line_of_the_log_is_short_whatever_is_sent(desk: Desk) -> None:
    long = f"2026-01-01T00:00:00.{'9' * 100_000}Z"
    answer = desk.log_in("dns", domain="example.com", timestamp=long, signed_timestamp="")
    desk.patch(f"io.github.alice%2F{'x' * 9_000}/status", desk.token(), status="deleted")
    assert [line["status"] for line in desk.decisions] == [401, 200, 404]
    assert len(answer.text) < 1_000
    assert max(map(len, desk.log.getvalue().splitlines())) < 3_000


def test_an_error_of_this_program_has_a_line_in_the_log_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    token = desk.token()
    monkeypatch.setattr(Publications, "publish", fail)
    assert desk.publish(server(), token).status_code == 500
    assert (desk.decisions[-1]["action"], desk.decisions[-1]["status"]) == ("publish", 500)


def test_without_an_identity_of_git(desk: Desk) -> None:
    done = subprocess.run(["git", "fsck"], cwd=desk.registry.root, capture_output=True, check=True)
    assert done.returncode == 0
