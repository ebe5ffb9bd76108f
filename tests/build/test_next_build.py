"""What a next build does not do: start git again and again, read servers that are as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.build import build, watch
from builder.cache.memo import Memo, MemoRecord
from builder.cache.store import Cache
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.git import remembering
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api import servers
from builder.pages.sync import lookups
from builder.trust import lookup
from tests.build import trees
from tests.registry import CONFIG, Registry, entry_file
from tests.started import noted

STARTS = 9
"""A commit, a shallow clone, the line, its new commits; objects one by one, of two sets of them at once."""


def test_git_is_started_a_few_times(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        registry.commit(entry_file(f"com.example-{number}/weather"))
    build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    registry.commit(entry_file("com.example-1/weather", "1.1.0"))
    started = noted(monkeypatch)
    build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    assert 0 < len(started) <= STARTS, started

    registry.commit(entry_file("com.example-1/weather", "1.2.0"))
    del started[:]
    watch.build_staying(registry.root, "HEAD", tmp_path / "public", 1)
    one = len(started)
    registry.commit(entry_file("com.example-1/weather", "1.3.0"))
    del started[:]
    watch.build_staying(registry.root, "HEAD", tmp_path / "public", 1)
    assert 0 < len(started) < one  # the process that answers is there, and it is known to be whole
    watch._remembering.cache_clear()


def test_a_repository_that_remembers_gives_few_and_many_objects(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit(entry_file() | entry_file("com.example/maps"))
    repository = remembering.remembering(registry.repository)
    blobs = [file.blob for file in repository.tree(repository.commit("HEAD"))]
    expected = list(registry.repository.blobs(blobs))
    assert list(repository.blobs(blobs)) == expected
    monkeypatch.setattr(remembering, "MANY", len(blobs))
    assert list(repository.blobs(blobs)) == expected
    repository.close()
    assert list(repository.blobs(blobs[:1])) == expected[:1]


def test_the_lookup_files_are_made_of_the_servers_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, cache = Registry(tmp_path / "registry"), Cache(tmp_path / "cache")
    monkeypatch.setattr(lookup, "group_of", lambda _name: 7)
    registry.commit(entry_file() | entry_file("com.example/maps") | entry_file("com.example/sun"))
    _, record = looked_up(registry, cache, MemoRecord())

    registry.commit(entry_file("com.example/maps", "1.1.0"))
    registry.commit({"servers/com.example/sun/1.0.0.json": None})
    made, real = list[str](), lookups._entries

    def entries(server: Server) -> dict[str, Any]:
        made.append(server.name)
        return real(server)

    with monkeypatch.context() as patch:
        patch.setattr(lookups, "_entries", entries)
        bodies, record = looked_up(registry, cache, record)
    assert made == ["com.example/maps"]
    assert bodies == looked_up(registry, cache, MemoRecord())[0]

    _, record = looked_up(registry, cache, record, asks=False)
    registry.commit(entry_file("com.example/rain"))
    made.clear()
    monkeypatch.setattr(lookups, "_entries", entries)
    bodies, _ = looked_up(registry, cache, record)
    assert made == ["com.example/rain"]


def looked_up(
    registry: Registry, cache: Cache, record: MemoRecord, *, asks: bool = True
) -> tuple[list[bytes], MemoRecord]:
    memo = Memo(cache, record)
    pages = lookups.pages(replace(registry.load().catalogue, memo=memo), "log")
    return [page.body if asks else b"" for page in pages], memo.save()


@pytest.mark.parametrize(("hosts", "has_list"), [("cloudflare", False), ("nginx", True)])
def test_a_list_that_no_host_takes_is_not_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hosts: str, has_list: bool
) -> None:
    registry = Registry(tmp_path / "registry", f"{CONFIG}hosts: [{hosts}]\n")
    registry.commit(entry_file() | entry_file("com.example/maps") | entry_file("com.example/sun"))
    source = registry.load()
    whole = next(page.body for page in lists(source.catalogue, source.config))
    if hosts == "cloudflare":
        monkeypatch.setattr(servers, "LARGEST_FILE", len(whole))
        assert lists(source.catalogue, source.config)
        monkeypatch.setattr(servers, "LARGEST_FILE", len(whole) - 1)
        assert not lists(source.catalogue, source.config)
    monkeypatch.setattr(servers, "RUN", 1)
    monkeypatch.setattr(servers, "LARGEST_FILE", 10)
    made, real = list[int](), servers._items

    def items(*arguments: Any) -> bytes:
        made.append(1)
        return real(*arguments)

    monkeypatch.setattr(servers, "_items", items)
    assert bool(lists(source.catalogue, source.config)) is has_list
    assert len(made) == (3 if has_list else 1)


def lists(catalogue: Catalogue, config: Config) -> list[Page]:
    pages = servers.catalogue_pages(catalogue, config)
    return [page for page in pages if page.path in ("registry.json", "v0.1/servers/index.json")]


def test_the_only_server_comes_back(registry: Registry, tmp_path: Path) -> None:
    name = "com.example/weather"
    for status in ("deleted", "active"):
        registry.commit(
            entry_file(name) | {f"servers/{name}/status.yaml": f'"*": {{status: {status}}}\n'}
        )
        build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    found = trees.read(tmp_path / "public")
    assert trees.differences(found, trees.clean(registry.repository)) == []


def test_a_process_that_stays_goes_on_from_what_another_one_has_built(
    registry: Registry, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    registry.commit(entry_file("com.example/weather") | entry_file("com.example/maps"))
    watch.build_staying(registry.root, "HEAD", out, 1)
    registry.commit(
        entry_file("com.example/weather", "1.1.0") | {"servers/com.example/maps/1.0.0.json": None}
    )
    build.build(registry.repository, "HEAD", out, 1)
    registry.commit(entry_file("com.example/notes"))
    watch.build_staying(registry.root, "HEAD", out, 1)
    assert trees.differences(trees.read(out), trees.clean(registry.repository)) == []
    watch._remembering.cache_clear()
