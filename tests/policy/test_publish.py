"""What the policy lets people publish: hosts and namespaces of one's own, lines that reject."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.model.policy_settings import Policy
from tests.policy.private_registry import check, propose, registry, secret_package, told
from tests.registry import CONFIG, Registry, entry, entry_file

__all__ = ["registry"]

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
    base = propose(registry, name, "1.1.0", packages=[secret_package(name)])
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
    fields: dict[str, Any] = {"packages": [{**python, "transport": {"type": "stdio"}}]}
    registry.commit({"servers/acme.internal/old/1.0.0.json": entry("acme.internal/old", **fields)})
    report = check(registry, capsys)
    assert told(report, "warning") == [("policy-rejected", "")]
    assert report["verdict"] == "accept"


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
