"""A company's registry from nothing: two upstreams, own packages, a block, a held update; then the next dump comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.build import build
from builder.model.server_json import OFFICIAL
from tests.operate.company import (
    GITHUB,
    INTERNAL,
    MALICIOUS,
    OFFICIAL_URL,
    OTHER,
    PARTNER,
    Company,
    listed,
    official_item,
    partner_registry,
    settings,
)
from tests.policy.private_registry import secret_package
from tests.registry import CONFIG, Registry, entry_file

OWN: dict[str, Any] = {
    "packages": [
        {
            "registryType": "npm",
            "registryBaseUrl": "https://npm.acme.example",
            "identifier": "@acme/weather",
            "version": "1.0.0",
            "transport": {"type": "stdio"},
        },
        {
            "registryType": "oci",
            "identifier": "images.acme.example/tools/weather:1.0.0",
            "transport": {"type": "stdio"},
        },
    ]
}


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[tuple[Registry, str, Path]]:
    with partner_registry(tmp_path) as made:
        yield made


@pytest.fixture
def company(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], partner: tuple[Registry, str, Path]
) -> Company:
    registry = Registry(tmp_path / "company", CONFIG)
    company = Company(registry, capsys, tmp_path / "public", url=partner[1])
    registry.commit({"registry.yaml": settings(partner[1])})
    company.dump(*map(official_item, (GITHUB, MALICIOUS, OTHER, PARTNER, "com.fine/maps")))
    return company


def test_every_decision_survives_the_next_dump(
    company: Company, partner: tuple[Registry, str, Path]
) -> None:
    # Two upstreams, each under its own lines: the first of a name counts, a bound name is one's alone.
    said = company.run("mirror", "--commit")
    assert company.code == 0
    assert f"refused: {GITHUB} 1.0.0: mirrored from {company.url} already" in said
    assert f"excluded: {PARTNER} 1.0.0: com.partner comes from the upstream partner alone" in said
    assert f"excluded: {OTHER} 1.0.0: nobody here uses it" in said
    # Its own npm package and image: accepted by a setting, with a note.
    report = company.propose(entry_file(INTERNAL, **OWN), "bob:7")
    assert report["verdict"] == "accept"
    notes = [finding["message"] for finding in report["findings"] if finding["severity"] == "note"]
    assert len(notes) == 3 and all("not publishable upstream" in note for note in notes)
    company.merge()
    # One blocked server.
    company.run("block", MALICIOUS, "--reason", "malware", "--message", "Coins.", "--commit")
    with company.served() as client:
        assert listed(client) == {
            GITHUB: "1.0.0",
            PARTNER: "1.0.0",
            INTERNAL: "1.0.0",
            "com.fine/maps": "1.0.0",
        }
        page = client.get(f"/servers/{INTERNAL}/").text
        assert "Not publishable in the official registry: its namespace is granted" in page
        assert "its image is from images.acme.example" in page and "Granted by the operator" in page
        path = f"/v0.1/servers/{MALICIOUS.replace('/', '%2F')}/versions/1.0.0"
        item = client.get(f"{path}?include_deleted=true").json()
        assert item["_meta"][OFFICIAL]["status"] == "deleted"
        told = item["_meta"][OFFICIAL]["statusMessage"]
        assert told == "Blocked by this registry (malware): Coins."
        # A client that syncs hears the same.
        copy = company.out.parent / "copy.jsonl"
        company.capsys.readouterr()
        assert cli.run(["pull", str(client.base_url), "--out", str(copy)]) == 0
        assert told in copy.read_text()
    # The partner publishes; upstream's next dump has an update that is new in kind, and another.
    partner[0].commit(entry_file(PARTNER, "1.1.0"))
    build.build(partner[0].repository, "HEAD", partner[2], 1)
    secret = secret_package("com.fine/maps", "1.1.0")
    company.dump(
        official_item(GITHUB),
        official_item(MALICIOUS),
        official_item(MALICIOUS, "2.0.0"),
        official_item("com.fine/maps"),
        official_item("com.fine/maps", "1.1.0", packages=[secret]),
        official_item("com.fine/maps", "1.0.1"),
    )
    said = company.run("mirror", "--commit")
    assert f"added: {PARTNER} 1.1.0" in said
    assert "held for review: com.fine/maps 1.1.0: what is new in kind is looked at" in said
    assert "mcp-registry approve com.fine/maps@1.1.0 --upstream official --commit" in said
    assert "added: com.fine/maps 1.0.1" in said
    assert f"excluded: {MALICIOUS} 2.0.0: Blocked by this registry (malware): Coins." in said
    with company.served() as client:
        assert listed(client) == {
            GITHUB: "1.0.0",
            PARTNER: "1.1.0",
            INTERNAL: "1.0.0",
            "com.fine/maps": "1.0.1",
        }
    # The held update is looked at, and let in; the same version with other contents would not be.
    said = company.run("approve", "com.fine/maps@1.1.0", "--upstream", "official", "--commit")
    assert "new in kind: secret TOKEN (new-secret)" in said
    assert "added: com.fine/maps 1.1.0" in company.run("mirror", "official", "--commit")
    # A change of the policy: what stands here and is not allowed any more is named, then pruned.
    text = settings(company.url).replace(OTHER, "com.fine/*")
    company.registry.commit({"registry.yaml": text})
    assert (
        "com.fine/maps stands here (1.0.0, 1.0.1, 1.1.0), and nobody here uses it"
        in company.run("mirror")
    )
    assert "withdrawn: com.fine/maps (1.0.0, 1.0.1, 1.1.0): nobody here uses it" in company.run(
        "mirror", "official", "--prune", "--commit"
    )
    status = (company.registry.root / "servers/com.fine/maps/status.yaml").read_text()
    assert status.count("by: operator") == 3 and "nobody here uses it" in status
    company.run("mirror", "--commit", "--full")
    with company.served() as client:
        assert "com.fine/maps" not in listed(client)
    said = company.run("policy", "explain", PARTNER, "--upstream", "partner")
    assert f"accept: {PARTNER} 1.1.0 ({company.url})" in said
    said = company.run("policy", "explain", PARTNER, "--upstream", "official")
    assert "there is no com.partner/tools" in said
    assert "line: upstreams.1.rules.0 (registry.yaml:" in company.run(
        "policy", "explain", "com.fine/maps@1.0.0"
    )


def test_nothing_new_upstream_is_one_request(company: Company) -> None:
    company.run("mirror", "partner", "--commit")
    with pytest.MonkeyPatch.context() as patch:
        from builder.pull import registry as pull_registry

        made: list[Any] = []
        init = pull_registry.Registry.__init__

        def remembered(self: Any, *arguments: Any, **named: Any) -> None:
            init(self, *arguments, **named)
            made.append(self)

        patch.setattr(pull_registry.Registry, "__init__", remembered)
        assert "nothing new upstream" in company.run("mirror", "partner")
    assert [one.requests for one in made] == [1]


def test_an_upstream_that_counts_more_takes_a_name_over(company: Company) -> None:
    company.run("mirror", "official", "--commit")
    company.run("mirror", "partner", "--commit")
    assert f"which counts more than {OFFICIAL_URL}: {GITHUB}" in company.said
    company.run("mirror", "official")
    assert f"refused: {GITHUB} 1.0.0: mirrored from {company.url} already" in company.said
