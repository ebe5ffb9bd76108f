"""What a command starts is the package that the entry names, and nothing of the entry is lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.install import Launch, launches, panel
from builder.install.clients import CLIENTS
from builder.install.package import package
from builder.install.program import started
from builder.install.runners import RUNNERS
from builder.model.package_types import PACKAGE_TYPES
from tests.data import FOLDER
from tests.install.documents import published

NAME = "com.acme/weather"
EXACT = {
    "npm": {"identifier": "@acme/weather", "version": "1.2.3"},
    "pypi": {"identifier": "acme-weather", "version": "1.2.3"},
    "oci": {"identifier": "ghcr.io/acme/weather:1.2.3"},
    "nuget": {"identifier": "Acme.Weather", "version": "1.2.3"},
}


def case(name: str) -> dict[str, Any]:
    document = json.loads((FOLDER / "cases" / f"{name}.json").read_bytes())
    assert isinstance(document, dict)
    return document


def argv(launch: Launch, client: str = "json") -> list[str]:
    """The command that a client's file holds."""
    file = next(recipe.file for recipe in launch.recipes if recipe.client == client)
    assert file is not None, launch.reason
    (server,) = next(v for k, v in json.loads(file.text).items() if k != "inputs").values()
    return [server["command"], *server.get("args", [])]


def command(document: dict[str, Any], client: str = "json") -> str:
    return " ".join(argv(panel(document["name"], document).launches[0], client))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("check/31-registry1629-bin", "npx -y -p acme-sum@1.0.0 acme-sum-mcp"),
        ("panel/npx-package-value", "npx -y --package @alice/tools@1.0.0 alice-mcp"),
        ("panel/uvx-from-value", "uvx --from alice-tools==1.0.0 alice-mcp"),
        (
            "panel/docker-name-value",
            "docker run -i --rm --network docker --name run -p 8080:8080 ghcr.io/a/b:1.0.0",
        ),
        ("panel/npx-node-options", "npx -y a-mcp@1.0.0 --stdio"),
        (
            "check/25-vscode282860-nuget-yes",
            "dnx --source https://pkgs.dev.azure.com/x/nuget/v3/index.json A.B@1.0.0 --yes",
        ),
        (
            "check/26-aks229",
            "docker run -i --rm -v <home>/.azure:/home/mcp/.azure ghcr.io/azure/aks-mcp:v0.0.9 "
            "--access-level readonly --transport stdio",
        ),
        (
            "check/27-apm1391-workspaceFolder",
            "docker run -i --rm -v <workspaceFolder>:/workspace --workdir /workspace "
            "ghcr.io/example/playwright-mcp:1.2.3",
        ),
        (
            "check/30-registry812-artifactory-npm",
            "npx -y --registry https://artifactory.corp.example/api/npm/npm-virtual @corp/x@1.0.0",
        ),
    ],
)
def test_case(name: str, expected: str) -> None:
    assert command(case(name)) == expected


@pytest.mark.parametrize(
    "name",
    [
        "check/11-dotnetmcp17-nuget-float",
        "check/12-kiro7276-latest-in-identifier",
        "check/12b-kiro7276",
    ],
)
def test_without_an_exact_package_there_is_no_command(name: str) -> None:
    (launch,) = panel(NAME, case(name)).launches
    assert not any(recipe.usable for recipe in launch.recipes)
    assert launch.reason.endswith(".")


def entry(kind: str, *arguments: dict[str, Any], **fields: Any) -> Launch:
    body = {"registryType": kind, **EXACT[kind], "runtimeArguments": list(arguments), **fields}
    (launch,) = panel(NAME, {"packages": [body]}).launches
    return launch


def word(value: str) -> dict[str, Any]:
    return {"type": "positional", "value": value}


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("npm", ["-y", "launch-mcp"], ""),
        ("npm", ["run", "-i"], ""),
        ("npm", ["-c", "launch-mcp"], ""),
        ("npm", ["-p", "@acme/weather", "-p", "other", "x"], ""),
        ("npm", ["--unknown", "@acme/weather"], ""),
        ("npm", ["-p"], ""),
        ("npm", ["@acme/weather@2.0.0"], ""),
        ("npm", ["@acme/weather@latest"], "npx -y @acme/weather@1.2.3"),
        ("npm", ["--package=@acme/weather", "x"], "npx -y --package=@acme/weather@1.2.3 x"),
        ("npm", ["-p", "@acme/weather"], "npx -y -p @acme/weather@1.2.3 weather"),
        ("npm", ["--yes", "--yes"], "npx --yes @acme/weather@1.2.3"),
        ("pypi", ["-m", "weather"], ""),
        ("pypi", ["serve"], ""),
        ("pypi", ["--from", "git+https://x.dev/y", "x"], ""),
        ("pypi", ["acme_weather[cli]@1.2.3"], "uvx acme-weather[cli]@1.2.3"),
        (
            "pypi",
            ["--from", "Acme.Weather[cli]"],
            "uvx --from acme-weather[cli]==1.2.3 acme-weather",
        ),
        ("pypi", ["--with", "other", "-p3.12"], "uvx --with other -p 3.12 acme-weather@1.2.3"),
        ("oci", ["evil/image"], ""),
        ("oci", ["ghcr.io/acme/weather:2"], ""),
        (
            "oci",
            ["run", "-it", "-p80:80"],
            "docker run -i --rm -t -p 80:80 ghcr.io/acme/weather:1.2.3",
        ),
        ("oci", ["docker", "run", "--rm"], "docker run -i --rm ghcr.io/acme/weather:1.2.3"),
        (
            "oci",
            ["ghcr.io/acme/weather", "serve"],
            "docker run -i --rm ghcr.io/acme/weather:1.2.3 serve",
        ),
        ("nuget", ["acme.weather", "--prerelease"], "dnx --prerelease Acme.Weather@1.2.3 --yes"),
    ],
    ids=" ".join,
)
def test_words_of_a_publisher(kind: str, words: list[str], expected: str) -> None:
    launch = entry(kind, *map(word, words))
    if expected:
        assert " ".join(argv(launch)) == expected
    else:
        assert launch.reason
        assert not any(recipe.usable for recipe in launch.recipes)


@pytest.mark.parametrize(
    ("kind", "hint", "expected"),
    [
        ("npm", "npm", "npm exec -y -- @acme/weather@1.2.3"),
        ("pypi", "pipx", "pipx run acme-weather==1.2.3"),
        ("oci", "podman", "podman run -i --rm ghcr.io/acme/weather:1.2.3"),
        ("npm", "bun", "npx -y @acme/weather@1.2.3"),
    ],
)
def test_the_runner_that_is_hinted_at(kind: str, hint: str, expected: str) -> None:
    assert " ".join(argv(entry(kind, runtimeHint=hint))) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--registry", "https://npm.acme.dev/"], "npx -y --registry https://npm.acme.dev/ {}"),
        ([], "npx -y --registry https://npm.acme.dev {}"),
        (["--registry", "https://other.example"], ""),
        (["--registry=https://other.example"], ""),
    ],
    ids=["same", "none", "other", "joined"],
)
def test_arguments_take_the_package_from_the_registry_that_the_entry_names(
    given: list[str], expected: str
) -> None:
    launch = entry("npm", *map(word, given), registryBaseUrl="https://npm.acme.dev")
    if expected:
        assert " ".join(argv(launch)) == expected.format("@acme/weather@1.2.3")
    else:
        assert "elsewhere than https://npm.acme.dev" in launch.reason
        assert not any(recipe.usable for recipe in launch.recipes)


INEXACT = (
    *[
        (kind, version)
        for kind in ("npm", "nuget", "cargo")
        for version in ("1.0.0-a..b", "1.0.0-a.")
    ],
    *[(kind, f"1.0.{digit}") for kind in ("npm", "pypi", "nuget", "cargo") for digit in "٣３"],
    ("npm", "1.0.0-"),
    ("npm", "1.0"),
)


@pytest.mark.parametrize(("kind", "version"), INEXACT)
def test_what_its_registry_takes_for_a_tag_is_no_version(kind: str, version: str) -> None:
    body = {"registryType": kind, "identifier": "acme", "version": version}
    (launch,) = panel(NAME, {"packages": [body]}).launches
    assert not any(recipe.usable for recipe in launch.recipes)
    assert launch.reason.endswith("which is no exact one.")


@pytest.mark.parametrize("base", ["https://my-docker.io", "https://docker.io.mallory.example"])
def test_an_image_of_another_registry_is_not_taken_from_docker_hub(base: str) -> None:
    body = {"registryType": "oci", "identifier": "acme/weather:1"}
    (launch,) = panel(NAME, {"packages": [body | {"registryBaseUrl": base}]}).launches
    assert base in launch.reason
    (usual,) = panel(NAME, {"packages": [body | {"registryBaseUrl": "https://docker.io"}]}).launches
    assert argv(usual)[-1] == "acme/weather:1"


@pytest.mark.parametrize("host", ["", "docker.io/", "docker.io/library/", "library/"])
def test_an_image_of_docker_hub_is_one_image(host: str) -> None:
    body = {"registryType": "oci", "identifier": "docker.io/redis:1"}
    arguments = {"runtimeArguments": [word(f"{host}redis:1")]}
    (launch,) = panel(NAME, {"packages": [body | arguments]}).launches
    assert argv(launch) == ["docker", "run", "-i", "--rm", "docker.io/redis:1"]


def test_what_a_user_types_never_becomes_the_package() -> None:
    assert entry("npm", word("{package}")).reason
    assert entry("pypi", {"type": "named", "name": "--from", "value": "{spec}"}).reason


# Words that publishers write, right ones and wrong ones, for every runner.
_TEXT = """
-y --yes -p --package --from --spec -i --rm -e -it run docker npx uvx dnx exec -- --with -v host
@acme/weather @acme/weather@1.2.3 acme-weather acme-weather==1.2.3 ghcr.io/acme/weather other
ghcr.io/acme/weather:1.2.3 Acme.Weather --package=@acme/weather TOKEN a:b --stdio --network -c
--registry https://npm.acme.dev {path}:/data --name={name}
"""
_WORDS = st.sampled_from(_TEXT.split())
_POSITIONAL = st.builds(word, _WORDS)
_NAMED = st.fixed_dictionaries(
    {"type": st.just("named"), "name": _WORDS},
    optional={"value": _WORDS, "isRequired": st.booleans(), "description": st.just("d")},
)
_ARGUMENTS = st.lists(_POSITIONAL | _NAMED, max_size=5)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([(kind, hint) for kind in RUNNERS for hint in RUNNERS[kind]]),
    _ARGUMENTS,
    _ARGUMENTS,
)
def test_started_is_the_package(
    runner: tuple[str, str], runtime: list[dict[str, Any]], program: list[dict[str, Any]]
) -> None:
    kind, hint = runner
    body: dict[str, Any] = {"registryType": kind, "runtimeHint": hint, **EXACT[kind]}
    body |= {"runtimeArguments": runtime, "packageArguments": program}
    (launch,) = panel(NAME, {"packages": [body]}).launches
    check(body, launch)


def check(body: dict[str, Any], launch: Launch) -> None:
    if launch.reason:
        assert not any(recipe.usable for recipe in launch.recipes)
        return
    exact = package(body)
    for client in ("json", "vs-code"):
        words = argv(launch, client)
        assert started(exact, [(part,) for part in words[1:]]) == (exact.reference.package,)
        given = Counter(
            argument["value"]
            for key in ("runtimeArguments", "packageArguments")
            for argument in body.get(key, [])
            if argument.get("type") == "named" and argument.get("value") == "host"
        )
        assert Counter(words)["host"] >= min(1, given["host"])


def test_every_published_package() -> None:
    refused = set()
    unlike = {json.dumps(document.get("packages")): document for document in published()}
    for document in unlike.values():
        for body, launch in zip(
            document.get("packages", []), sorted(_packages(document), key=_number), strict=True
        ):
            if launch.transport == "stdio" and launch.type in RUNNERS:
                check(body, launch)
                if launch.reason:
                    refused.add(document["name"])
    assert "io.github.firebase/firebase-mcp" in refused
    assert len(refused) < 20


_FILES = [client for client in CLIENTS if client.id in ("json", "vs-code")]


def _packages(document: dict[str, Any]) -> list[Launch]:
    ways = launches(document["name"], document, _FILES)
    return [launch for launch in ways if launch.kind == "package"]


def _number(launch: Launch) -> int:
    return int(launch.id.rpartition("-")[2])


def test_the_usual_runner_is_the_package_types_own() -> None:
    usual = {kind: next(iter(runners)) for kind, runners in RUNNERS.items()}
    assert usual == {kind: record.runner for kind, record in PACKAGE_TYPES.items() if record.runner}
