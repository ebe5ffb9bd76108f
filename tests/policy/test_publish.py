"""What the operator allows, grants, rejects and wants looked at, as `check` tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.policy_settings import Policy
from tests.registry import CONFIG, Registry, entry, entry_file

POLICY = """\
policy:
  teams: [{name: platform, members: [{github: bob, id: 7}]}]
  publish:
    package_registries: [https://npm.acme.example/, images.acme.example]
    repository_hosts: [git.acme.example]
    remote_hosts: [10.0.0.0/8]
    internal:
      - {namespace: acme.internal, team: platform}
    rules:
      - {match: {change: new-secret}, do: review, because: new secrets are looked at}
      - match: {outside: {package-type: [npm, oci]}}
        do: reject
        because: we run npm packages and images only
"""
PRIVATE: dict[str, Any] = {
    "repository": {"url": "https://git.acme.example/tools/weather", "source": "gitlab"},
    "packages": [
        {
            "registryType": "npm",
            "registryBaseUrl": "https://npm.acme.example/",
            "identifier": "@acme/weather",
            "version": "1.0.0",
            "transport": {"type": "stdio"},
        },
        {
            "registryType": "oci",
            "identifier": "images.acme.example/tools/weather:1.0.0",
            "transport": {"type": "stdio"},
        },
    ],
    "remotes": [{"type": "streamable-http", "url": "http://10.1.2.3/mcp"}],
}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry", CONFIG + POLICY)


def check(
    registry: Registry, capsys: pytest.CaptureFixture[str], *arguments: str
) -> dict[str, Any]:
    capsys.readouterr()
    cli.run(["check", "--format", "json", "--root", str(registry.root), *arguments])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def told(report: dict[str, Any], *severities: str) -> list[tuple[str, str]]:
    return [
        (finding["rule"], finding["pointer"])
        for finding in report["findings"]
        if finding["severity"] in severities
    ]


def propose(registry: Registry, name: str, version: str = "1.0.0", **fields: Any) -> str:
    """Propose an entry on a branch, and return the branch's base."""
    base = registry.git("rev-parse", "main")
    registry.git("checkout", "--quiet", "-B", "change", "main")
    registry.commit({f"servers/{name}/{version}.json": entry(name, version, **fields)})
    registry.git("checkout", "--quiet", "main")
    return base


def test_own_packages_and_hosts_are_accepted_with_a_note_each(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    base = propose(registry, "acme.internal/weather", **PRIVATE)
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "accept", report
    assert told(report, "note") == [
        ("not-publishable-upstream", "/name"),
        ("not-publishable-upstream", "/repository/url"),
        ("not-publishable-upstream", "/packages/0"),
        ("not-publishable-upstream", "/packages/1"),
        ("not-publishable-upstream", "/remotes/0/url"),
    ]
    assert all(finding["line"] > 1 for finding in report["findings"])


def test_without_the_settings_the_same_entry_is_wrong(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit({"registry.yaml": CONFIG})
    base = propose(registry, "acme.internal/weather", **PRIVATE)
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "reject"
    assert not told(report, "note")
    assert {pointer for _, pointer in told(report, "error")} >= {
        "/repository/url",
        "/packages/0/registryBaseUrl",
        "/packages/1/identifier",
        "/remotes/0/url",
    }


def test_a_granted_namespace_is_its_teams_and_nobody_elses(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    base = propose(registry, "acme.internal/weather")
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "mallory:8")
    assert report["verdict"] == "reject"
    assert "not-the-owner" in {rule for rule, _ in told(report, "error")}


@pytest.mark.parametrize(
    ("grant", "namespace", "granted"),
    [
        ("acme.internal", "ACME.internal", True),
        ("acme.internal/*", "acme.internal", True),
        ("acme.internal", "acme.internal.data", False),
        ("acme.internal.*", "acme.internal.data.lake", True),
        ("acme.internal.*", "acme.internal", False),
        ("acme.internal.*", "acme.internals", False),
    ],
)
def test_a_grant_is_of_a_name_or_of_all_below_it(grant: str, namespace: str, granted: bool) -> None:
    owner = [{"github": "bob", "id": 7}]
    publish = {"internal": [{"namespace": grant, "owners": owner}]}
    found = Policy.model_validate({"publish": publish}).grant(namespace)
    assert (found is not None) is granted


def test_the_narrowest_grant_counts() -> None:
    names = ("acme.*", "acme.data.*", "acme.data.lake")
    internal = [
        {"namespace": name, "owners": [{"github": f"u{n}", "id": n + 1}]}
        for n, name in enumerate(names)
    ]
    policy = Policy.model_validate({"publish": {"internal": internal}})
    wanted = {"acme.data.lake": 3, "acme.data.sea": 2, "acme.web": 1}
    grants = {name: policy.grant(name) for name in wanted}
    assert {name: grant.owners[0].id for name, grant in grants.items() if grant} == wanted


def test_what_the_official_registry_would_refuse_is_marked_in_every_answer(
    registry: Registry,
) -> None:
    name = "acme.internal/weather"
    registry.commit(entry_file(name, **PRIVATE))
    registry.commit(entry_file("com.example/plain"))
    registry.commit(entry_file("acme.internal/plain"))
    marked = {"com.example/upstream": {"publishable": False}}

    def own(name: str) -> dict[str, Any]:
        (version,) = registry.load().catalogue.by_name[name].versions
        meta = json.loads(version.item("com.example"))["_meta"]
        return {key: value for key, value in meta.items() if key.startswith("com.example/")}

    assert (
        own(name)
        == own("acme.internal/plain")
        == {**marked, "com.example/overlay": {"granted": True}}
    )
    assert own("com.example/plain") == {}
    # What is granted now may be taken back: the mark goes, and clients that sync hear of it.
    events = len(registry.load().catalogue.events)
    registry.commit({"registry.yaml": CONFIG})
    assert own("acme.internal/plain") == {}
    assert own(name) == marked  # its packages are private ones all the same
    assert len(registry.load().catalogue.events) == events + 2


def test_lines_reject_and_have_people_look(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "acme.internal/weather"
    registry.commit({f"servers/{name}/1.0.0.json": entry(name)})
    package = entry(name)["packages"][0]
    secret = {**package, "environmentVariables": [{"name": "TOKEN", "isSecret": True}]}
    base = propose(registry, name, "1.1.0", packages=[secret])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    (finding,) = [finding for finding in report["findings"] if finding["rule"] == "policy-review"]
    assert report["verdict"] == "review" and "secret TOKEN (new-secret)" in finding["message"]
    assert "policy.publish.rules.0" in finding["help"]
    python = {"registryType": "pypi", "identifier": "weather", "version": "1.0.0"}
    base = propose(registry, name, "1.2.0", packages=[{**python, "transport": {"type": "stdio"}}])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "reject"
    assert ("policy-rejected", "") in told(report, "error")


def test_what_is_published_already_is_only_warned_of(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    python = {"registryType": "pypi", "identifier": "weather", "version": "1.0.0"}
    fields = {"packages": [{**python, "transport": {"type": "stdio"}}]}
    registry.commit({"servers/acme.internal/old/1.0.0.json": entry("acme.internal/old", **fields)})
    report = check(registry, capsys)
    assert told(report, "warning") == [("policy-rejected", "")]
    assert report["verdict"] == "accept"


def test_explain_names_the_line(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    python = {"registryType": "pypi", "identifier": "weather", "version": "1.0.0"}
    fields = {"packages": [{**python, "transport": {"type": "stdio"}}]}
    registry.commit({"servers/acme.internal/old/1.0.0.json": entry("acme.internal/old", **fields)})
    root = ["--root", str(registry.root)]
    assert cli.run(["policy", "explain", "acme.internal/old@1.0.0", *root]) == 1
    said = capsys.readouterr().out
    assert said.startswith("reject: acme.internal/old 1.0.0 (here)\n")
    assert "because: we run npm packages and images only" in said
    assert "line: policy.publish.rules.1 (registry.yaml:16:9)" in said
    assert "package-type: pypi" in said
    registry.commit({"registry.yaml": CONFIG})
    assert cli.run(["policy", "explain", "acme.internal/old", "--format", "json", *root]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["do"], one["line"], len(one["fingerprint"])) == ("accept", "", 64)
    assert cli.run(["policy", "explain", "com.example/none", *root]) == 2


def test_explain_asks_a_dump_by_the_mirrors_lines(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = "  mirror: {include: [com.example/*], rules: [{match: {package-type: npm}, do: review, because: look}]}\n"
    registry.commit({"registry.yaml": CONFIG + POLICY + mirror})
    items = [{"server": entry(name)} for name in ("com.example/weather", "com.other/weather")]
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps({"servers": items}))
    given = ["--dump", str(dump), "--root", str(registry.root), "--format", "json"]
    for name, do, line in (
        ("com.example/weather", "review", "policy.mirror.rules.0"),
        ("com.other/weather", "reject", "policy.mirror.include"),
    ):
        cli.run(["policy", "explain", name, *given])
        (one,) = json.loads(capsys.readouterr().out)
        assert (one["do"], one["line"], one["policy"]) == (do, line, "mirror")


def test_an_approval_of_what_the_policy_rejects_says_that_it_stays_out(
    registry: Registry, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = "org.example/weather"
    lines = "policy: {mirror: {rules: [{do: reject, because: not ours}]}}\n"
    registry.commit({"registry.yaml": CONFIG + lines})
    (tmp_path / "dump.json").write_text(json.dumps([{"server": entry(name)}]))
    root = ["--root", str(registry.root), "--dump", str(tmp_path / "dump.json")]
    assert cli.run(["approve", f"{name}@1.0.0", *root]) == 0
    assert f"{name}@1.0.0 stays out: policy.mirror.rules.0 rejects it (not ours)" in capsys.readouterr().err  # fmt: skip


def test_what_a_person_approved_is_not_held_any_more(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "acme.internal/weather"
    registry.commit({f"servers/{name}/1.0.0.json": entry(name)})
    package = entry(name)["packages"][0]
    secret = {**package, "environmentVariables": [{"name": "TOKEN", "isSecret": True}]}
    base = propose(registry, name, "1.1.0", packages=[secret])
    given = ("--base", base, "--head", "change", "--as", "bob:7")
    (finding,) = [
        finding
        for finding in check(registry, capsys, *given)["findings"]
        if finding["rule"] == "policy-review"
    ]
    fingerprint = finding["help"].rpartition(" ")[2]
    root = ["--root", str(registry.root)]
    approve = ["approve", f"{name}@1.1.0", "--who", "ann", "--commit", *root]
    assert cli.run([*approve, "--fingerprint", fingerprint]) == 0
    assert cli.run([*approve, "--fingerprint", fingerprint]) == 2
    assert cli.run([*approve, "--fingerprint", "12"]) == 2
    base = propose(registry, name, "1.1.0", packages=[secret])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "accept"
    assert ("differs-in-kind", "") in told(report, "note")
    other = {**secret, "identifier": "@acme/other"}
    base = propose(registry, name, "1.1.0", packages=[other])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "review"


def test_a_wrong_file_of_approvals_approves_nothing_and_is_told(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit({"approvals.yaml": "- name: com.example/x\n  version: 1.0.0\n"})
    (finding,) = check(registry, capsys)["findings"]
    assert (finding["rule"], finding["path"], finding["line"]) == (
        "invalid-sidecar",
        "approvals.yaml",
        1,
    )
    assert finding["column"] == 3 and "fingerprint is missing" in finding["message"]


def test_old_settings_keep_working_with_a_note(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "policy:\n  package_registries: [npm.acme.example]\n  mirror:\n    exclude: ['com.a/*']\n"
    )
    registry.commit({"registry.yaml": CONFIG + text})
    found = [
        (finding["rule"], finding["line"], finding["column"])
        for finding in check(registry, capsys)["findings"]
    ]
    assert found == [("old-setting", 7, 23), ("old-setting", 9, 14)]
