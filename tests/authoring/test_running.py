"""The container and the systemd units of a private registry: what they start exists, and as whom."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from builder import cli
from builder.serve.metrics import Metrics, exposed

RUN = Path(__file__).parents[2] / "site" / "scaffold-private" / "run"
CONTAINER = (RUN / "Containerfile").read_text()
UNITS = sorted([*RUN.glob("*.service"), *RUN.glob("*.timer")])


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit's sections; a key may come more than once."""
    content: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = content.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return content


def known(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([words[0], "--help"]) == 0
    text = capsys.readouterr().out
    for word in words[1:]:
        assert not word.startswith("-") or word in text, word


def test_a_private_registry_has_them(tmp_path: Path) -> None:
    assert cli.run(["init", str(tmp_path / "new"), "--private", "--ci", "none"]) == 0
    names = {path.name for path in (tmp_path / "new/run").iterdir()}
    assert names == {path.name for path in RUN.iterdir()}


def test_the_container_starts_serve_as_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = re.findall(r"^CMD (\[.*\])$", CONTAINER, re.MULTILINE)
    known(json.loads(words), capsys)
    assert re.findall(r"^USER (.*)$", CONTAINER, re.MULTILINE) == ["10001:10001"]


def test_its_health_check_knows_a_site_from_none(tmp_path: Path) -> None:
    (text,) = re.findall(r"^HEALTHCHECK .*\\\n  CMD (\[.*\])$", CONTAINER, re.MULTILINE)
    program = json.loads(text)
    with exposed(Metrics(tmp_path), "127.0.0.1", 0) as url:
        port = url.rpartition(":")[2]
        here = [sys.executable, *(word.replace(":9100/", f":{port}/") for word in program[1:])]
        assert subprocess.run(here, capture_output=True, check=False).returncode != 0
        (tmp_path / "index.json").write_text('{"generation": "0123"}')
        assert subprocess.run(here, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is_and_may_do_little(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = unit(path)
    if path.suffix == ".timer":
        assert path.with_suffix(".service") in UNITS
        assert content["Install"] == {"WantedBy": ["timers.target"]}
        return
    service = content["Service"]
    for line in service["ExecStart"]:
        program, *words = shlex.split(line)
        assert program in ("/usr/bin/git", "/opt/mcp-registry/bin/mcp-registry")
        if program.endswith("mcp-registry"):
            known(words, capsys)
    assert service["User"] == ["mcp-registry"]
    assert service["ProtectSystem"] == ["strict"] and service["NoNewPrivileges"] == ["yes"]


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for path in UNITS:
        installed = path.read_text().replace("/opt/mcp-registry/bin/mcp-registry", sys.executable)
        (tmp_path / path.name).write_text(installed)
    given = [str(tmp_path / path.name) for path in UNITS]
    command = ["systemd-analyze", "verify", "--man=no", *given]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_what_is_written_to_may_be_written_to() -> None:
    for path in UNITS:
        if path.suffix == ".service":
            service = unit(path)["Service"]
            written = re.findall(r"git -C (\S+) pull", " ".join(service["ExecStart"]))
            assert written == service.get("ReadWritePaths", [])


def test_the_folders_that_units_use_are_made_by_the_commands_beside_them() -> None:
    used = {folder for path in UNITS for folder in re.findall(r"/srv/[\w-]+", path.read_text())}
    made = re.search(r"^for folder in (.*); do$", (RUN / "README.md").read_text(), re.MULTILINE)
    assert made is not None
    assert {*made[1].split()} == used
