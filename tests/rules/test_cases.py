"""What a publisher is told of entries that others got wrong: tests/data/cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.data import FOLDER
from tests.rules.telling import PACKAGE, told

Told = list[tuple[str, str, str]]
# case -> what is told of it: rule, pointer, and a part of the fact or the help
CASES: dict[str, Told] = {
    "check/01-registry1546-empty-repository": [("schema-required", "/repository", "leave repository out")],
    "check/02-registry703-remote-only": [],
    "check/03-registry741-pypi-http": [],
    "check/04-registry535-snake": [
        ("unknown-property", f"{PACKAGE}/registry_type", "did you mean registryType?"),
        ("unknown-property", "/status", "status.yaml"),
    ],
    "check/05-registry694-remotes-object": [("schema-type", "/remotes", '"remotes": [{')],
    "check/06-registry1060-deprecatedEntries": [("unknown-property", "/deprecatedEntries", "remove it")],
    "check/07-coder26755-url-template": [
        ("invalid-remote-url", "/remotes/0/url", "behind https://"),
        ("invalid-templated-url", "/remotes/0/url", "http:// or https://"),
    ],
    "check/08-coder26755-host-template": [],
    "check/09-fabric971-oci-base": [
        ("package-field", f"{PACKAGE}/version", "leave version out"),
        ("package-field", f"{PACKAGE}/registryBaseUrl", "leave registryBaseUrl out"),
    ],
    "check/10-iflytek20": [
        ("schema-length", "/description", "shorten it by 168 characters"),
        ("streamable-transport-url-required", f"{PACKAGE}/transport/url", "no url"),
        ("unknown-property", f"{PACKAGE}/env", "did you mean environmentVariables?"),
    ],
    "check/11-dotnetmcp17-nuget-float": [("floating-version", f"{PACKAGE}/version", "exact version")],
    "check/12-kiro7276-latest-in-identifier": [
        ("package-identifier", f"{PACKAGE}/identifier", '"identifier": "@playwright/mcp", "version": "1.0.0"')
    ],
    "check/12b-kiro7276": [
        ("package-identifier", f"{PACKAGE}/identifier", '"identifier": "@playwright/mcp", "version": the exact one')
    ],
    "check/13-mcpmodelctx2046-transportType": [
        ("unknown-property", "/remotes/0/transportType", "did you mean type?")
    ],
    "check/14-registry703-github_release": [
        ("unsupported-registry-type", f"{PACKAGE}/registryType", "did you mean mcpb?")
    ],
    "check/15-template-version": [
        ("unfilled-template", "/version", "not filled in"),
        ("unfilled-template", f"{PACKAGE}/version", "not filled in"),
    ],
    "check/16-registry507-docker": [
        ("package-field", f"{PACKAGE}/identifier", "lower-case"),
        ("package-field", f"{PACKAGE}/version", "leave version out"),
    ],
    "check/17-registry1579-nothing": [("nothing-to-run", "", "no package to run")],
    "check/18-vscode308994-website-only": [("nothing-to-run", "", "only a web site")],
    "check/19-cases-mixed-version": [],
    "check/20-mcpgw111-docker-type": [
        ("unsupported-registry-type", f"{PACKAGE}/registryType", "did you mean oci?")
    ],
    "check/21-langchain-plus": [],
    "check/22-icon-data": [("icon-src-invalid-scheme", "/icons/0/src", "https://")],
    "check/25-vscode282860-nuget-yes": [],
    "check/26-aks229": [],
    "check/27-apm1391-workspaceFolder": [],
    "check/30-registry812-artifactory-npm": [
        ("package-base-url", f"{PACKAGE}/registryBaseUrl", "policy.publish.package_registries")
    ],
    "check/31-registry1629-bin": [],
    "mistakes/09-trailing-comma": [("json-syntax", "", "a trailing comma")],
    "mistakes/10b-env-object": [
        ("schema-type", f"{PACKAGE}/environmentVariables", '[{"name": "API_KEY"}]')
    ],
    "mistakes/16-comment": [("json-syntax", "", "a comment")],
    "mistakes/17-empty": [("json-syntax", "", "the file is empty")],
    "mistakes/18-array": [("not-an-object", "", "delete the [ and ]")],
    "mistakes/20-crlf": [],
    "mistakes/21-no-packages-no-remotes": [("nothing-to-run", "", "add packages or remotes")],
    "mistakes/23-oci-untagged-version": [
        ("package-field", f"{PACKAGE}/version", '"identifier": "ghcr.io/alice/weather:1.1.0"')
    ],
    "mistakes/25-official-wrapper": [("not-a-server-json", "/server", "keep what is below server")],
    "mistakes/28-repo-string": [("schema-type", "/repository", '"source": "github"')],
    "mistakes/30-meta-toplevel": [
        ("unknown-property", "/_meta/io.modelcontextprotocol.registry~1official", "remove it")
    ],
    "mistakes/32-single-quotes": [("json-syntax", "", "single quotes")],
    "mistakes/33-smart-quotes": [("json-syntax", "", "typographic")],
    "mistakes/40-private-gitlab": [("invalid-repository-url", "/repository/url", "gitlab.com")],
    "mistakes/45-private-npm": [("package-base-url", f"{PACKAGE}/registryBaseUrl", "registry.npmjs.org")],
    "mistakes/46-private-oci": [("package-field", f"{PACKAGE}/identifier", "images are taken from")],
    "mistakes/47-oci-latest": [("floating-version", f"{PACKAGE}/identifier", "moves")],
    "mistakes/48-mcpb-no-sha": [("package-field", f"{PACKAGE}/fileSha256", "sha256sum")],
    "mistakes/52-secret-default": [
        ("secret-in-entry", f"{PACKAGE}/environmentVariables/0/default", "everybody can read")
    ],
    "mistakes/53-secret-not-marked": [
        ("unmarked-secret", f"{PACKAGE}/environmentVariables/0", '"isSecret": true')
    ],
    "mistakes/57-npm-url": [
        ("package-identifier", f"{PACKAGE}/identifier", '"identifier": "@alice/weather", "version": "1.1.0"')
    ],
    "mistakes/58-pypi-spec": [
        ("package-identifier", f"{PACKAGE}/identifier", '"identifier": "weather-mcp", "version": "1.1.0"')
    ],
    "mistakes/59-npm-with-version": [
        ("package-identifier", f"{PACKAGE}/identifier", '"identifier": "@alice/weather", "version": "1.1.0"')
    ],
    "mistakes/76-remote-dup": [],
}  # fmt: skip
WARNINGS = {"nothing-to-run", "floating-version", "secret-in-entry", "unmarked-secret"}
# A moving tag is a warning; what names no version at all is an error.
ERRORS = {"check/11-dotnetmcp17-nuget-float"}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    found = told((FOLDER / "cases" / f"{case}.json").read_bytes())
    assert sorted(one[1:3] for one in found) == sorted(one[:2] for one in CASES[case])
    for rule, pointer, part in CASES[case]:
        ((severity, text),) = [(one[0], one[3]) for one in found if one[1:3] == (rule, pointer)]
        assert part in text
        assert (severity == "warning") is (rule in WARNINGS and case not in ERRORS)


def test_every_case_is_told() -> None:
    folders = ("check", "mistakes")
    files = {path for name in folders for path in Path(FOLDER / "cases" / name).glob("*.json")}
    assert {f"{path.parent.name}/{path.stem}" for path in files} == set(CASES)


@pytest.mark.parametrize(
    ("case", "allowed"),
    [
        ("mistakes/40-private-gitlab", {"repositories": frozenset({"gitlab.example.com"})}),
        ("mistakes/45-private-npm", {"packages": frozenset({"npm.corp.example.com"})}),
        ("mistakes/46-private-oci", {"packages": frozenset({"registry.corp.example.com"})}),
        ("check/30-registry812-artifactory-npm", {"packages": frozenset({"artifactory.corp.example"})}),
    ],
)  # fmt: skip
def test_a_registry_allows_hosts_of_its_own(case: str, allowed: dict[str, Any]) -> None:
    assert told((FOLDER / "cases" / f"{case}.json").read_bytes(), **allowed) == []
