"""Other words for fields, types and transports, and values of another type: what was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.rules.packages import package
from tests.registry import entry
from tests.rules.telling import PACKAGE, of, told, variable


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
