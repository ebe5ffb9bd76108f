"""`init --private`, and a registry that is for some versions of the builder alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from builder import __version__, cli
from builder.model import builder_pin, config
from builder.model.errors import ConfigError
from tests.registry import CONFIG, Registry, entry_file

BIN = Path(sys.executable).parent
OTHER = '"==99.1.*"'


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("private") / "our-servers"
    options = ["--private", "--base-url", "https://mcp.example.com/registry"]
    assert cli.run(["init", str(folder), *options]) == 0
    return folder


def test_what_follows_from_the_address_is_not_asked(private: Path) -> None:
    settings = config.parse((private / "registry.yaml").read_bytes())
    assert (settings.title, settings.extension_namespace) == ("our-servers", "com.example.mcp")
    assert settings.hosts == ("nginx",), "nothing is published to a public host"
    assert settings.builder == builder_pin.suggested()


def test_nothing_is_asked_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert cli.run(["init", str(tmp_path / "new"), "--private"]) == 0


@pytest.mark.parametrize("ci", ["github", "gitlab", "forgejo", "none"])
def test_every_file_installs_exactly_this_version(ci: str, tmp_path: Path) -> None:
    assert cli.run(["init", str(tmp_path / "new"), "--private", "--ci", ci]) == 0
    files = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    files = [path for path in files if ".git" not in path.relative_to(tmp_path / "new").parts]
    installs = [
        name
        for path in files
        for name in re.findall(r"(?:uses: |git\+https://github\.com/)(static-mcp-registry[^\s\"]+)", path.read_text())
    ]  # fmt: skip
    assert len(installs) >= (1 if ci == "none" else 2)
    assert set(installs) == {f"static-mcp-registry/mcp-registry@v{__version__}"}


def test_its_workflows_publish_to_no_pages_and_are_sound(private: Path, tmp_path: Path) -> None:
    shutil.copytree(private / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()
    words = ["-no-color", "-shellcheck=", "-pyflakes="]
    done = subprocess.run(
        [BIN / "actionlint", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    text = "".join(path.read_text() for path in tmp_path.rglob("*.yml"))
    assert "upload-pages" not in text and "deploy-pages" not in text
    publish = yaml.safe_load((tmp_path / ".github/workflows/publish.yml").read_text())
    (deploy,) = [s for s in publish["jobs"]["build"]["steps"] if "deploy" in s.get("run", "")]
    assert deploy["if"] == "vars.DEPLOY_TARGET != ''"


def test_another_version_is_refused_with_the_line_to_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path / "registry")
    registry.commit({"registry.yaml": f"{CONFIG}builder: {OTHER}\n"})
    line = CONFIG.count("\n") + 1
    commands = (["build"], ["check"], ["serve", "--port", "0"], ["mirror", "http://127.0.0.1:1"])
    for command in commands:
        assert cli.run([*command, "--root", str(registry.root)]) == 2, command
        printed = capsys.readouterr().err
        assert f"registry.yaml:{line}: the registry is for mcp-registry ==99.1.*" in printed
        assert f'change line {line} to: builder: "{builder_pin.suggested()}"' in printed
    assert not (registry.root / "public").exists()


def test_an_upgrade_is_proposed_with_the_new_version_and_judged_with_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = f'{CONFIG}builder: "{builder_pin.suggested()}"\n'
    theirs = f"{CONFIG}builder: {OTHER}\n"
    for before, after in ((ours, theirs), (theirs, ours)):
        registry = Registry(tmp_path / str(before == ours))
        registry.commit({"registry.yaml": before})
        registry.commit({"registry.yaml": after})
        words = ["--root", str(registry.root), "--base", "HEAD~1", "--head", "HEAD"]
        assert cli.run(["check", *words]) in (0, 1)
        assert "settings-changed" in capsys.readouterr().out
    registry.commit({"registry.yaml": theirs})
    registry.commit(entry_file())
    assert (
        cli.run(["check", "--root", str(registry.root), "--base", "HEAD~1", "--head", "HEAD"]) == 2
    )


@pytest.mark.parametrize(
    ("versions", "version", "admitted"),
    [
        ("", "7.0", True),
        ("==0.2.*", "0.2.9", True),
        ("==0.2.*", "0.3.0", False),
        (">=0.2,<0.4", "0.3.1", True),
        ("==0.2.*", "0.2.0rc1", True),
    ],
)
def test_versions_compare_as_on_pypi(versions: str, version: str, admitted: bool) -> None:
    assert builder_pin.admits(versions, version) is admitted


def test_what_names_no_versions_is_an_error_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"registry\.yaml:\d+: builder: .*names no versions"):
        config.parse(f"{CONFIG}builder: newest\n".encode())
