"""`mcp-registry new`: an entry from flags or from a package's own metadata, at its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import cli
from tests.registry import CONFIG, Registry, entry


def run(registry: Registry, *arguments: str) -> int:
    return cli.run(["new", "--root", str(registry.root), *arguments])


def test_from_flags(registry: Registry) -> None:
    flags = [
        "--version",
        "1.0.0+a",
        "--description",
        "Weather",
        "--package",
        "npm:@alice/w",
        "--remote",
        "https://w.example/mcp",
    ]
    assert run(registry, "io.github.alice/w1", *flags) == 0
    written = json.loads((registry.root / "servers/io.github.alice/w1/1.0.0+a.json").read_bytes())
    assert written["packages"] == [
        {
            "registryType": "npm",
            "identifier": "@alice/w",
            "version": "1.0.0+a",
            "transport": {"type": "stdio"},
        }
    ]
    assert written["remotes"] == [{"type": "streamable-http", "url": "https://w.example/mcp"}]
    registry.commit({})
    assert registry.load().findings == ()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("package.json", '{"name": "@alice/w", "version": "2.0.0", "description": "Weather", "mcpName": "io.github.alice/w2",'
         ' "repository": {"url": "git+https://github.com/alice/w2.git"}}'),
        ("pyproject.toml", '[project]\nname = "w"\nversion = "2.0.0"\ndescription = "Weather"\nreadme = "README.md"\n'
         '[project.urls]\nSource = "https://github.com/alice/w2"\n'),
    ],
)  # fmt: skip
def test_from_a_package(registry: Registry, tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    (tmp_path / "README.md").write_text("<!-- mcp-name: io.github.alice/w2 -->")
    assert run(registry, "--from", str(tmp_path)) == 0
    written = json.loads((registry.root / "servers/io.github.alice/w2/2.0.0.json").read_bytes())
    assert written["repository"] == {"url": "https://github.com/alice/w2", "source": "github"}
    assert written["description"] == "Weather"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Tells the weather " * 6, "Tells the weather " * 5 + "Tells…"),
        ("天" * 120, "天" * 99 + "…"),
        ("a" * 100, "a" * 100),
    ],
    ids=["words", "no spaces", "fits"],
)
def test_a_packages_long_description_is_shortened_where_one_sees_it(
    registry: Registry, tmp_path: Path, said: str, written: str
) -> None:
    package = {"name": "w", "version": "1.0.0", "mcpName": "com.example/w1", "description": said}
    (tmp_path / "package.json").write_text(json.dumps(package))
    assert run(registry, "--from", str(tmp_path)) == 0
    entry_path = registry.root / "servers/com.example/w1/1.0.0.json"
    assert json.loads(entry_path.read_bytes())["description"] == written


def test_a_description_that_was_typed_is_never_cut(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--version", "1.0.0", "--description", "Tells the weather " * 6]
    assert run(registry, "com.example/w1", *flags, "--package", "npm:w") == 2
    assert "schema-length" in capsys.readouterr().err
    assert not (registry.root / "servers").exists()


def test_a_published_version_is_not_overwritten(registry: Registry) -> None:
    assert run(registry, "com.example/x1", "--version", "1", "--description", "Weather") == 0
    assert run(registry, "com.example/x1", "--version", "1", "--description", "Other") == 2


@pytest.mark.parametrize(
    "arguments",
    [[], ["com.example/x"], ["com.example/x", "--version", "1", "--package", "gem:x"]],
    ids=" ".join,
)
def test_what_is_missing_or_wrong_is_said(
    registry: Registry, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(registry, *arguments) == 2
    assert "help:" in capsys.readouterr().err


def test_a_server_json_is_taken_whole(registry: Registry, tmp_path: Path) -> None:
    content = entry(
        title="Weather", _meta={"io.modelcontextprotocol.registry/publisher-provided": {"x": 1}}
    )
    (tmp_path / "server.json").write_text(json.dumps(content))
    for source in (tmp_path, tmp_path / "server.json"):
        assert cli.run(["new", "--root", str(registry.root), "--from", str(source)]) == 0
        path = registry.root / "servers/com.example/weather/1.0.0.json"
        assert json.loads(path.read_bytes()) == content
        path.unlink()


def test_what_check_would_refuse_is_not_written(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.json").write_text(json.dumps(entry(version="${VERSION}")))
    assert cli.run(["new", "--root", str(registry.root), "--from", str(tmp_path)]) == 2
    assert "unfilled-template" in capsys.readouterr().err
    assert not (registry.root / "servers").exists()


def test_what_the_operator_allows_is_written(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = (
        "policy:\n  publish:\n    package_registries: [images.acme.example]\n"
        "    internal: [{namespace: acme.internal, owners: [{github: bob, id: 7}]}]\n"
    )
    registry.commit({"registry.yaml": f"{CONFIG}{policy}"})
    words = ["--version", "1.0.0", "--description", "Tells the weather"]
    image = ["--package", "oci:images.acme.example/weather:1.0.0"]
    name = ["new", "acme.internal/weather", "--root", str(registry.root)]
    assert cli.run([*name, *words, *image]) == 0
    assert "who owns it" not in capsys.readouterr().out
    assert (registry.root / "servers/acme.internal/weather/1.0.0.json").is_file()


@pytest.mark.parametrize(
    ("given", "identifier", "version"),
    [
        ("npm:@alice/w@2.1.0", "@alice/w", "2.1.0"),
        ("npm:w@2.1.0", "w", "2.1.0"),
        ("npm:@alice/w", "@alice/w", "1.0.0"),
        ("pypi:w@2.1", "w", "2.1"),
    ],
)
def test_a_package_may_have_a_version_of_its_own(
    registry: Registry, given: str, identifier: str, version: str
) -> None:
    flags = ("--version", "1.0.0", "--description", "Weather", "--package", given)
    assert run(registry, "io.github.alice/w1", *flags) == 0
    written = json.loads((registry.root / "servers/io.github.alice/w1/1.0.0.json").read_bytes())
    (package,) = written["packages"]
    assert (package["identifier"], package["version"]) == (identifier, version)


@pytest.mark.parametrize(
    ("file", "metadata"),
    [
        ("package.json", b"[]"),
        ("package.json", b'{"name": 1, "version": [], "description": {}, "repository": 3}'),
        ("package.json", b"[" * 100_000),
        ("package.json", b"\xff"),
        ("pyproject.toml", b"project = 1"),
        ("pyproject.toml", b"[project]\nname = 1\nversion = 1\nurls = 1\nreadme = 1\n"),
        ("pyproject.toml", b"x = " + b"[" * 100_000),
    ],
    ids=["list", "types", "deep", "bytes", "no-table", "toml-types", "toml-deep"],
)
def test_metadata_of_any_shape_says_what_it_can(
    registry: Registry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    metadata: bytes,
) -> None:
    (tmp_path / file).write_bytes(metadata)
    code = run(registry, "io.github.alice/w3", "--version", "1.0.0", "--from", str(tmp_path))
    printed = capsys.readouterr()
    assert code in (0, 2)
    assert "Traceback" not in printed.err and "attribute" not in printed.err
