"""The command over real HTTP, from a folder of files on the dumbest of hosts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from builder import cli
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.pull.cdn import site
from tests.pull.copies import held
from tests.pull.life import Life, bulk, mark, play, publish, truth


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address it is served at."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/some/prefix"
        server.shutdown()
        thread.join()


def _deploy(life: Life, folder: Path) -> None:
    for path, body in site(life.generations[-1]).items():
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)


@pytest.mark.parametrize("name", ["copy.db", "copy.jsonl"])
def test_pull_starts_follows_and_rests(
    name: str, host: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = host
    out = tmp_path / name
    life = play([bulk("a", 700, 1), publish("com.example/ä", "1.0.0", title="Größe \u2028 1e400")])
    said = []
    for step in (None, mark("com.example/ä", "1.0.0", "deleted", "No."), None):
        if step:
            step(life)
        _deploy(life, folder)
        assert cli.run(["pull", url, "--out", str(out)]) == 0
        said.append(capsys.readouterr().out.partition(" (")[0])
        assert held(out)[1] == truth(life.generations[-1])
    assert said == [
        "copied as of change 701",
        "changes 702 to 702",
        "nothing new after change 702",
    ]


def test_a_wrong_address_is_an_error_of_one_line(
    host: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "copy.db")
    assert cli.run(["pull", host[1], "--out", out]) == 2
    assert cli.run(["pull", "ftp://example.com", "--out", out]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["site"]  # nor is an empty copy made
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].endswith("as of change 0") and "status 404" in errors[0]
    assert "make sure that this is the address" in errors[1]
    assert not (tmp_path / "copy.db").exists(), (
        "an empty copy would pass for one of an empty registry"
    )
    assert any("is not a web address" in line for line in errors)


@pytest.mark.parametrize("out", ["copy.db", "copy.jsonl"])
def test_a_login_in_the_address_is_sent_there_and_kept_nowhere(
    out: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life = play([publish("com.example/one", "1.0.0")])
    files = site(life.generations[-1])

    def answer(request: Request) -> Reply:
        if request.headers.get("Authorization") != "Basic bWU6c2VjcmV0":
            return Reply(status=401)
        body = files.get(request.path)
        return NOT_FOUND if body is None else Reply(body)

    with serving(answer) as server:
        url = server.url.replace("://", "://me:secret@") + "/some/prefix"
        for _ in range(2):  # the second time from where the copy says that the head is
            assert cli.run(["pull", url, "--out", str(tmp_path / out)]) == 0
        assert cli.run(["pull", server.url, "--out", str(tmp_path / "no.db")]) == 2
        assert cli.run(["pull", url + "/nowhere", "--out", str(tmp_path / "no.db")]) == 2
    assert "secret" not in capsys.readouterr().err
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert written and not any(b"secret" in body for body in written)
