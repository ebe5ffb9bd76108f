"""What a publisher is told of entries that others got wrong: tests/data/cases, and others of each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.check.engine import check_document
from builder.model.layout import entry_path
from builder.rules.engine.private import Private
from builder.rules.packages import package
from tests.data import FOLDER
from tests.registry import entry

Told = list[tuple[str, str, str]]

PACKAGE = "/packages/0"
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
# The panels' own rule has its own tests.
OTHERS = {"not-startable"}


def told(data: bytes, **private: Any) -> list[tuple[str, str, str, str]]:
    """Severity, rule, pointer, and the fact with its help, of each finding."""
    try:
        content = json.loads(data)
        path = entry_path(content["name"], content["version"])
    except (ValueError, KeyError, TypeError):
        path = "servers/io.github.alice/weather/1.1.0.json"
    return [
        (f.severity.value, f.rule, f.pointer, f"{f.message}: {f.help}")
        for f in check_document(data, path, private=Private(**private))
        if f.rule not in OTHERS
    ]


def of(**changed: Any) -> list[tuple[str, str, str, str]]:
    return told(json.dumps(entry(**changed)).encode())


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


GOOD = json.dumps(entry(), indent=2)


@pytest.mark.parametrize(
    ("text", "fact", "line"),
    [
        (GOOD[:-2] + ",\n}", "a trailing comma", None),
        (GOOD.replace('"1.0.0",', '"1.0.0",,', 1), "a comma too many", 5),
        (GOOD.replace('"1.0.0",', '"1.0.0", // ours', 1), "a comment", 5),
        (GOOD.replace('"1.0.0",', '"1.0.0", /* ours */', 1), "a comment", 5),
        ("# ours\n" + GOOD, "a comment", 1),
        (GOOD.replace('"1.0.0",', '"1.0.0"', 1), "a comma is missing", 5),
        (GOOD.replace('"version":', '"version"', 1), "a colon is missing", 5),
        (GOOD.replace('"version":', "version:", 1), "the key version has no quotes", 5),
        (GOOD.replace('"version": "1.0.0"', '"version": 1.0.0', 1), "no quotes", 5),
        (GOOD.replace('"1.0.0"', "True", 1), "True is not JSON", 5),
        (GOOD.replace('"1.0.0"', "None", 1), "None is not JSON", 5),
        (GOOD.replace('"1.0.0"', "", 1), "a key has no value", 5),
        (GOOD.replace("Tells the weather.", "Tells\nthe weather.", 1), "a line break", 4),
        (GOOD.replace("Tells the weather.", r"C:\weather\d", 1), "a backslash", 4),
        (GOOD.replace('weather.",', "weather.,", 1), "stands inside a string", None),
        (GOOD[:-1], "the file ends before the { of line 1 is closed", None),
        (GOOD + "}", "a } too many", None),
        (GOOD + GOOD, "a second document", None),
        (GOOD.replace('"version"', "“version”", 1), "a typographic quotation mark", 5),
        (GOOD.replace('"version"', "`version`", 1), "single quotes", 5),
        ("name: io.github.alice/weather\nversion: 1.0.0\n", "YAML", 1),
        ('name = "weather"\nversion = "1.0.0"\n', "TOML", 1),
        ("<!doctype html><title>404</title>", "a web page", 1),
        (f"```json\n{GOOD}\n```", "Markdown", 1),
        (f"<<<<<<< HEAD\n{GOOD}\n=======\n{GOOD}\n>>>>>>> other\n", "a merge conflict", 1),
        ("\n \n", "the file is empty", 1),
        ("", "the file is empty", 1),
    ],
)
def test_json_that_is_nearly_json(text: str, fact: str, line: int | None) -> None:
    path = "servers/com.example/weather/1.0.0.json"
    (finding,) = check_document(text.encode(), path)
    assert finding.rule == "json-syntax"
    assert fact in finding.message
    assert finding.help
    assert line is None or finding.line == line


@pytest.mark.parametrize(
    ("data", "rule", "help"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "byte-order-mark", "BOM"),
        (GOOD.encode("utf-16"), "not-utf-8", "save the file as UTF-8"),
        (GOOD.replace("Tells", "Teïls").encode("latin-1"), "not-utf-8", "Latin-1"),
        (f"[{GOOD},{GOOD}]".encode(), "not-an-object", "each object into a file of its own"),
        (json.dumps(GOOD).encode(), "not-an-object", "encoded twice"),
        (b"12", "not-an-object", "begins with {"),
        (b"null", "not-an-object", "begins with {"),
    ],
)
def test_text_that_is_no_document(data: bytes, rule: str, help: str) -> None:
    ((_, found, _, text),) = told(data)
    assert found == rule
    assert help in text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"server": entry(), "_meta": {}}, "an answer of the API"),
        ({"servers": [{"server": entry()}], "metadata": {"count": 1}}, "a list of 1 servers"),
        ({"mcpServers": {"weather": {"command": "npx"}}}, "the settings of a client"),
        ({"servers": {"weather": {"type": "http", "url": "https://x.example"}}}, "settings of a client"),
        ({"name": "weather", "version": "1.0.0", "dependencies": {}}, "a package.json"),
        ({"manifest_version": "0.2", "name": "weather", "version": "1"}, "manifest of an MCP bundle"),
        ({"data": entry()}, "an object around the entry"),
        ({"$defs": {}, "properties": {}, "type": "object"}, "a JSON Schema"),
    ],
)  # fmt: skip
def test_another_document_is_one_finding(content: dict[str, Any], what: str) -> None:
    ((severity, rule, _, text),) = told(json.dumps(content).encode())
    assert (severity, rule) == ("error", "not-a-server-json")
    assert what in text


@pytest.mark.parametrize(
    ("version", "rule", "severity"),
    [
        *((one, "unfilled-template", "error") for one in (
            "{{VERSION}}", "${VERSION}", "$VERSION", "$version", "<version>", "%VERSION%", "@VERSION@",
            "__VERSION__", "{version}", "VERSION", "TODO", "x.y.z", "v${TAG}", "1.0.${BUILD}", "$(VERSION)",
            "0.0.0-development", "0.0.0-semantically-released", "#{version}", "<%= version %>")),
        *((one, "floating-version", "error") for one in ("0.1.0-*", "~=1.4", "[1.0,2.0)", "==1.0", "!=2")),
        *((one, "floating-version", "warning") for one in ("next", "beta", "main", "1.2", "1", "stable")),
        *((one, "version-looks-like-range", "error") for one in ("^1.0.0", "1.x", ">=1")),
        ("latest", "reserved-version-string", "error"),
    ],
)  # fmt: skip
def test_versions_that_are_none(version: str, rule: str, severity: str) -> None:
    found = of(packages=[package(version=version)])
    assert [(one[0], one[1], one[2]) for one in found] == [(severity, rule, f"{PACKAGE}/version")]


@pytest.mark.parametrize(
    "version", ["1.0.0", "1.0.0-beta.1", "1.0.0+build.5", "2024.1.15", "v1.2.3"]
)
@pytest.mark.parametrize("kind", ["npm", "pypi", "nuget", "cargo"])
def test_versions_that_are_exact(version: str, kind: str) -> None:
    assert of(packages=[package(version=version, registryType=kind, identifier="weather")]) == []


@pytest.mark.parametrize("version", ["1", "1.2", "1.0.post1", "1!2.0", "1.0a1"])
def test_versions_of_python(version: str) -> None:
    assert of(packages=[package(version=version, registryType="pypi", identifier="weather")]) == []


@pytest.mark.parametrize(
    ("kind", "identifier", "fields"),
    [
        ("npm", "https://www.npmjs.com/package/@a/b/v/2.0.0", '"@a/b", "version": "2.0.0"'),
        ("npm", "pkg:npm/%40a/b@2.0.0", '"@a/b", "version": "2.0.0"'),
        ("npm", "@a/b@^2", '"@a/b", "version": "1.0.0"'),
        ("npm", "npm:@a/b@2.0.0", '"@a/b", "version": "2.0.0"'),
        ("npm", "b@2.0.0", '"b", "version": "2.0.0"'),
        ("npm", "https://github.com/a/b", "the name that npm knows"),
        ("npm", "./b.tgz", "the name that npm knows"),
        ("pypi", "weather==2.0", '"weather", "version": "2.0"'),
        ("pypi", "weather[cli]~=2.0", '"weather[cli]", "version": "1.0.0"'),
        ("pypi", "weather@2.0", '"weather", "version": "2.0"'),
        ("pypi", "https://pypi.org/project/weather/2.0/", '"weather", "version": "2.0"'),
        ("pypi", "git+https://github.com/a/b", "the name that PyPI knows"),
        ("nuget", "Alice.Weather@2.0.0", '"Alice.Weather", "version": "2.0.0"'),
        ("nuget", "https://www.nuget.org/packages/Alice.Weather", '"Alice.Weather", "version": "1.0.0"'),
        ("cargo", "weather@2.0.0", '"weather", "version": "2.0.0"'),
        ("cargo", "https://crates.io/crates/weather", '"weather", "version": "1.0.0"'),
    ],
)  # fmt: skip
def test_identifiers_that_are_more_than_a_name(kind: str, identifier: str, fields: str) -> None:
    ((severity, rule, pointer, text),) = of(
        packages=[package(registryType=kind, identifier=identifier)]
    )
    assert (severity, rule, pointer) == ("error", "package-identifier", f"{PACKAGE}/identifier")
    assert fields in text


def image(identifier: str) -> dict[str, Any]:
    return {"registryType": "oci", "identifier": identifier, "transport": {"type": "stdio"}}


@pytest.mark.parametrize(
    ("identifier", "rules"),
    [
        ("ghcr.io/alice/weather:1.0.0", []),
        ("alice/weather:1.0.0", []),
        (f"ghcr.io/alice/weather@sha256:{'a' * 64}", []),
        (f"ghcr.io/alice/weather:latest@sha256:{'a' * 64}", []),
        ("ghcr.io/alice/weather", ["warning[floating-version]"]),
        ("ghcr.io/alice/weather:edge", ["warning[floating-version]"]),
        ("ghcr.io/alice/weather:v1", ["warning[floating-version]"]),
        ("ghcr.io/alice/weather:${VERSION}", ["error[unfilled-template]"]),
        ("ghcr.io/{{owner}}/weather:1.0.0", ["error[unfilled-template]"]),
        ("https://ghcr.io/alice/weather:1.0.0", ["error[package-identifier]"]),
        ("docker://ghcr.io/alice/weather:1.0.0", ["error[package-identifier]"]),
        ("https://hub.docker.com/r/alice/weather", ["error[package-identifier]"]),
        ("ghcr.io/Alice/weather:1.0.0", ["error[package-field]"]),
        ("registry.example.com/alice/weather:1.0.0", ["error[package-field]"]),
    ],
)
def test_images(identifier: str, rules: list[str]) -> None:
    found = of(packages=[image(identifier)])
    assert [f"{one[0]}[{one[1]}]" for one in found] == rules


@pytest.mark.parametrize(
    ("where", "given", "meant"),
    [
        ("", "websiteURL", "websiteUrl"),
        ("", "homepage", "websiteUrl"),
        ("", "Description", None),
        ("", "repositoryUrl", None),
        ("", "icon", "icons"),
        ("", "servers_", "remotes"),
        ("packages", "env", "environmentVariables"),
        ("packages", "environment_variables", "environmentVariables"),
        ("packages", "args", "packageArguments"),
        ("packages", "runtime_hint", "runtimeHint"),
        ("packages", "command", "runtimeHint"),
        ("packages", "sha256", "fileSha256"),
        ("packages", "file_sha256", "fileSha256"),
        ("packages", "registry_base_url", "registryBaseUrl"),
        ("remotes", "header", "headers"),
    ],
)
def test_other_words_for_fields(where: str, given: str, meant: str | None) -> None:
    if where == "packages":
        found = of(packages=[package(**{given: "x"})])
    elif where == "remotes":
        found = of(remotes=[{"type": "sse", "url": "https://example.com/mcp", given: "x"}])
    else:
        found = of(**{given: "x"})
    ((severity, rule, _, text),) = found
    assert (severity, rule) == ("error", "unknown-property")
    if meant:
        assert f"did you mean {meant}?" in text


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("registryType", "registry_type"),
        ("registryType", "registry"),
        ("registryType", "RegistryType"),
        ("identifier", "name"),
        ("identifier", "package"),
        ("transport", "transport_type"),
    ],
)
def test_a_needed_field_under_another_name_is_one_finding(right: str, wrong: str) -> None:
    content = package()
    content[wrong] = content.pop(right)
    ((_, rule, pointer, text),) = of(packages=[content])
    assert (rule, pointer) == ("unknown-property", f"{PACKAGE}/{wrong}")
    assert f"did you mean {right}?" in text


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("docker", "oci"), ("PyPI", "pypi"), ("python", "pypi"), ("NPM", "npm"), ("node", "npm"),
     ("dotnet", "nuget"), ("crates.io", "cargo"), ("dxt", "mcpb"), ("image", "oci")],
)  # fmt: skip
def test_other_words_for_package_types(kind: str, meant: str) -> None:
    ((_, rule, _, text),) = of(packages=[package(registryType=kind)])
    assert rule == "unsupported-registry-type"
    assert f"did you mean {meant}?" in text


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("http", "streamable-http"), ("streamableHttp", "streamable-http"), ("SSE", "sse"),
     ("streamable_http", "streamable-http"), ("STDIO", "stdio")],
)  # fmt: skip
def test_other_words_for_transports(kind: str, meant: str) -> None:
    if meant == "stdio":
        found = of(packages=[package(transport={"type": kind})])
    else:
        found = of(remotes=[{"type": kind, "url": "https://example.com/mcp"}])
    ((severity, _, _, text),) = found
    assert severity == "error"
    assert f"did you mean {meant}?" in text


def variable(**fields: Any) -> dict[str, Any]:
    return package(environmentVariables=[fields])


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((name, True) for name in (
            "API_KEY", "OPENAI_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "clientSecret", "apiKey", "AWS_SECRET_ACCESS_KEY",
            "PRIVATE_KEY", "SLACK_BOT_TOKEN", "--api-key", "GH_PAT")),
        *((name, False) for name in (
            "MAX_TOKENS", "TOKEN_LIMIT", "TOKEN_URL", "SSH_KEY_PATH", "PUBLIC_KEY", "API_KEY_ID", "KEYBOARD",
            "PASSWORD_FILE", "SECRET_NAME", "TOKENIZER", "AUTHOR", "ENABLE_TOKEN", "API_URL", "USERNAME")),
    ],
)  # fmt: skip
def test_names_of_secrets(name: str, secret: bool) -> None:
    found = [one[1] for one in of(packages=[variable(name=name)])]
    assert found == (["unmarked-secret"] if secret else [])


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"name": "API_KEY", "isSecret": True}, []),
        ({"name": "API_KEY", "isSecret": True, "default": "{key}", "variables": {"key": {"isSecret": True}}}, []),
        ({"name": "API_KEY", "isSecret": True, "placeholder": "sk-..."}, []),
        ({"name": "API_KEY", "isSecret": True, "default": "<your key>"}, ["secret-in-entry"]),
        ({"name": "PASSWORD", "isSecret": True, "value": "hunter2"}, ["secret-in-entry"]),
        ({"name": "LEVEL", "default": "info"}, []),
        ({"name": "DATABASE_URL", "default": "postgres://me:hunter2@db/x"}, ["secret-in-entry"]),
        ({"name": "DATABASE_URL", "default": "postgres://localhost/x"}, []),
        ({"name": "EXAMPLE", "default": "ghp_" + "a1B2" * 9}, ["secret-in-entry"]),
    ],
)  # fmt: skip
def test_secrets_in_the_open(fields: dict[str, Any], rules: list[str]) -> None:
    found = of(packages=[variable(**fields)])
    assert [one[1] for one in found] == rules
    assert all(one[0] == "warning" for one in found)
    assert not any("hunter2" in one[3] or "a1B2a1B2" in one[3] for one in found)


@pytest.mark.parametrize(
    ("header", "rules"),
    [
        ({"name": "Authorization", "isSecret": True}, []),
        ({"name": "Authorization"}, ["unmarked-secret"]),
        ({"name": "X-API-Key"}, ["unmarked-secret"]),
        ({"name": "Authorization", "value": "Bearer {t}", "variables": {"t": {"isSecret": True}}}, []),
        ({"name": "Authorization", "value": "Bearer {t}", "variables": {"t": {}}}, ["unmarked-secret"]),
        ({"name": "X-Region", "value": "{r}", "variables": {"r": {}}}, []),
    ],
)  # fmt: skip
def test_headers(header: dict[str, Any], rules: list[str]) -> None:
    remote = {"type": "streamable-http", "url": "https://example.com/mcp", "headers": [header]}
    assert [one[1] for one in of(remotes=[remote])] == rules


def test_templates_in_addresses_and_texts() -> None:
    remote = {"type": "sse", "url": "https://${HOST}/mcp", "variables": {"HOST": {}}}
    assert [one[:2] for one in of(remotes=[remote])] == [("error", "unfilled-template")]
    assert [one[:2] for one in of(description="{{description}}")] == [
        ("warning", "unfilled-template")
    ]
    assert of(description="Costs $5 <or less>, {really}.") == []


@pytest.mark.parametrize("value", [8080, True, ["a"], {"a": 1}, None])
def test_a_wrong_type_has_a_fix(value: Any) -> None:
    ((severity, rule, pointer, text),) = of(packages=[variable(name="A", description=value)])
    assert (severity, rule) == ("error", "schema-type")
    assert pointer == f"{PACKAGE}/environmentVariables/0/description"
    assert text


def test_a_name_of_another_type_is_not_missing() -> None:
    found = told(json.dumps({**entry(), "name": 5}).encode())
    (fact,) = [fact for _, rule, _, fact in found if rule == "invalid-server-name"]
    assert fact.startswith("5 is not a text")


@pytest.mark.parametrize(
    ("fields", "fix"),
    [
        ({"title": 8080}, 'put it in quotes: "8080"'),
        ({"packages": [variable(name="A", isRequired="true")]}, "write true without quotes"),
        ({"packages": [package(transport="stdio")]}, '{"type": "stdio"}'),
        ({"packages": package()}, "put [ and ] around it"),
        ({"remotes": "https://example.com/mcp"}, '"remotes": [{'),
        ({"packages": [package(packageArguments=["--port"])]}, '"type": "positional"'),
        ({"icons": ["https://example.com/i.png"]}, '{"src": "https://example.com/icon.png"}'),
        ({"icons": [{"src": "https://example.com/i.png", "sizes": "48x48"}]}, '["48x48"]'),
    ],
)  # fmt: skip
def test_the_fix_of_a_wrong_type(fields: dict[str, Any], fix: str) -> None:
    found = of(**fields)
    assert [one[1] for one in found] == ["schema-type"]
    assert fix in found[0][3]
