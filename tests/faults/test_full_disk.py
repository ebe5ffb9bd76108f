"""A full disk: one line that names the path, the old state stays, and the next run is complete."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from builder import cli
from tests.faults.upstream import item, paged, servers, upstream
from tests.faults.victim import with_small_files
from tests.pull.copies import held
from tests.registry import Registry, entry_file

LIMITS = [0, 3000]


def files(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".deploy" not in path.parts
    }


def require_one_line(code: int, said: str) -> None:
    assert code == 2, said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, said
    assert "this is a bug" not in said


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    registry.commit({**entry_file(), **entry_file("com.example/other")})
    return registry


def build(registry: Registry) -> list[str]:
    return ["build", "--root", str(registry.root), "--jobs", "1", "--quiet"]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_build(limit: int, registry: Registry, tmp_path: Path) -> None:
    out = registry.root / "public"
    require_one_line(*with_small_files(limit, build(registry)))
    assert not out.exists()
    left = [path for path in registry.root.glob(".public-*/**/*") if path.suffix == ".html"]
    assert not left, "a first build leaves no trees behind"
    assert cli.run(build(registry)) == 0
    old = files(out)
    registry.commit(entry_file(version="2.0.0"))
    require_one_line(*with_small_files(limit, build(registry)))
    assert files(out) == old
    assert cli.run(build(registry)) == 0
    now = files(out)
    assert cli.run([*build(registry), "--clean", "--out", str(tmp_path / "clean")]) == 0
    assert now == files(tmp_path / "clean")


@pytest.mark.parametrize("limit", LIMITS)
def test_a_deploy_to_a_folder(limit: int, registry: Registry, tmp_path: Path) -> None:
    target = tmp_path / "www"
    command = ["deploy", str(target), "--root", str(registry.root), "--no-precompress"]
    cli.run(build(registry))
    require_one_line(*with_small_files(limit, command))
    assert not target.exists()
    assert cli.run(command) == 0
    old = files(target)
    registry.commit(entry_file(version="2.0.0"))
    cli.run(build(registry))
    require_one_line(*with_small_files(limit, command))
    assert files(target) == old
    assert cli.run(command) == 0
    assert files(target) == files(registry.root / "public")


@pytest.mark.parametrize("limit", LIMITS)
def test_a_mirror(limit: int, registry: Registry, tmp_path: Path) -> None:
    items = [item("com.a/one", description="x" * 4000), item("com.b/two")]
    with upstream(paged([items])) as server:
        command = ["mirror", server.url, "--root", str(registry.root)]
        require_one_line(*with_small_files(limit, command))
        assert cli.run(command) == 0
        assert len([path for path in servers(registry.root) if "/com.example/" not in path]) == 4
        # Nothing is left of the walk; what was removed ever and the lock are kept for the next run.
        left = {path.name for path in (registry.root / ".git/mcp-registry").iterdir()}
        assert left <= {"removed.json", "mirror.lock"}


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["copy.db", "copy.jsonl"])
@pytest.mark.parametrize("limit", [0, 100])
def test_a_pull(name: str, limit: int, registry: Registry, tmp_path: Path) -> None:
    cli.run(build(registry))
    folder = tmp_path / "copies"
    folder.mkdir()
    with hosted(registry.root / "public") as url:
        command = ["pull", url, "--out", str(folder / name)]
        require_one_line(*with_small_files(limit, command))
        assert cli.run(command) == 0
        sequence, copy = held(folder / name)
        registry.commit(entry_file(version="2.0.0"))
        cli.run(build(registry))
        require_one_line(*with_small_files(limit, command))
        assert held(folder / name) == (sequence, copy)
        assert cli.run(command) == 0
        assert held(folder / name)[0] > sequence
        assert [path.name for path in folder.iterdir()] == [name]
