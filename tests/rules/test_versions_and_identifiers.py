"""Versions that are none, and identifiers that are more than a name."""

from __future__ import annotations

from typing import Any

import pytest

from builder.rules.packages import package
from tests.rules.telling import PACKAGE, of


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


@pytest.mark.parametrize("word", ["con", "NUL", "aux.json", "Com1", "lpt9.a.b", "prn"])
def test_what_windows_takes_for_a_device_names_nothing(word: str) -> None:
    told = ("error", "device-name")
    assert [one[:3] for one in of(name=f"com.example/{word}")] == [(*told, "/name")]
    assert [one[:3] for one in of(version=word)] == [(*told, "/version")]


@pytest.mark.parametrize("word", ["console", "a.nul", "com", "com10", "my-aux", "con-1"])
def test_what_only_looks_like_a_device_is_a_name(word: str) -> None:
    assert of(name=f"com.example/{word}") == of(version=word) == []


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
