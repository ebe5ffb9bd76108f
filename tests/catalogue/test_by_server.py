"""A build makes the values of the servers that changed, and takes the others from the last build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.cache.memo import Memo, MemoRecord
from builder.cache.store import Cache
from builder.catalogue.by_server import by_run, by_server, changes_by_server
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from tests.registry import Registry, entry_file

SERVERS = 400  # three runs or so


def test_values_of_unchanged_servers_are_not_made_again(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    names = [f"com.example-{number:03}/weather" for number in range(SERVERS)]
    registry.commit({path: data for name in names for path, data in entry_file(name).items()})
    cache = Cache(tmp_path / "cache")
    values, made, record = build(registry, cache, MemoRecord())
    assert made == list(values) == names

    registry.commit(entry_file(names[7], "1.1.0"))
    registry.commit(entry_file("com.example-007a/weather"))
    registry.commit({f"servers/{names[200]}/1.0.0.json": None})
    values, made, record = build(registry, cache, record)
    assert made == [names[7], "com.example-007a/weather"]
    assert values[names[7]] == ["1.1.0", "1.0.0"]
    assert names[200] not in values

    registry.commit(entry_file(names[7], "1.2.0"))
    values, made, record = build(registry, cache, record)
    assert made == [names[7]]
    assert build(registry, cache, record)[:2] == (values, [])
    assert build(registry, cache, MemoRecord())[0] == values


def build(
    registry: Registry, cache: Cache, record: MemoRecord
) -> tuple[dict[str, list[str]], list[str], MemoRecord]:
    """Make values as one build after another does: the values, whose were made, and what is kept."""
    memo, made = Memo(cache, record), list[str]()

    def make(server: Server) -> list[str]:
        made.append(server.name)
        return [version.version for version in server.versions]

    catalogue: Catalogue = replace(registry.load().catalogue, memo=memo)
    return by_server(catalogue, "versions", make), made, memo.save()


def test_what_changed_is_told_without_reading_the_rest(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    names = [f"com.example-{number:03}/weather" for number in range(SERVERS)]
    registry.commit({path: data for name in names for path, data in entry_file(name).items()})
    cache = Cache(tmp_path / "cache")
    assert told(registry, cache, MemoRecord())[0] is None
    record = build(registry, cache, MemoRecord())[2]
    changed, made, record = told(registry, cache, record)
    assert (changed, made) == ({}, [])

    registry.commit(entry_file(names[7], "1.1.0"))
    registry.commit(entry_file("com.example-007a/weather"))
    registry.commit({f"servers/{names[200]}/1.0.0.json": None})
    changed, made, record = told(registry, cache, record)
    assert changed == {
        names[7]: (["1.0.0"], ["1.1.0", "1.0.0"]),
        "com.example-007a/weather": (None, ["1.0.0"]),
        names[200]: (["1.0.0"], None),
    }
    assert made == [names[7], "com.example-007a/weather"]
    values, made, _ = build(registry, cache, record)  # all of them were kept
    assert (values, made) == (build(registry, cache, MemoRecord())[0], [])


def told(
    registry: Registry, cache: Cache, record: MemoRecord
) -> tuple[dict[str, tuple[Any, Any]] | None, list[str], MemoRecord]:
    """Ask as one build after another does what has changed: that, whose were made, and what is kept."""
    memo, made = Memo(cache, record), list[str]()

    def make(server: Server) -> list[str]:
        made.append(server.name)
        return [version.version for version in server.versions]

    catalogue: Catalogue = replace(registry.load().catalogue, memo=memo)
    return changes_by_server(catalogue, "versions", make), made, memo.save()


def test_runs_are_summed_up_anew_where_a_server_has_changed(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    names = [f"com.example-{number:03}/weather" for number in range(SERVERS)]
    registry.commit({path: data for name in names for path, data in entry_file(name).items()})
    cache = Cache(tmp_path / "cache")
    sums, made, summed_up, record = summed(registry, cache, MemoRecord())
    assert (sum(sums), made, summed_up) == (SERVERS, names, len(sums))
    assert len(sums) > 1

    registry.commit(entry_file(names[7], "1.1.0"))
    sums, made, summed_up, record = summed(registry, cache, record)
    assert (sum(sums), made, summed_up) == (SERVERS + 1, [names[7]], 1)

    registry.commit({f"servers/{names[200]}/1.0.0.json": None})  # what was not read has been kept
    sums, made, summed_up, record = summed(registry, cache, record)
    assert (sum(sums), made) == (SERVERS, [])
    assert sums == summed(registry, cache, MemoRecord())[0]


def summed(
    registry: Registry, cache: Cache, record: MemoRecord
) -> tuple[list[int], list[str], int, MemoRecord]:
    """Sum up as one build after another does: the sums, whose values were made, how many sums were, and what is kept."""
    memo, made, runs = Memo(cache, record), list[str](), list[int]()

    def make(server: Server) -> int:
        made.append(server.name)
        return server.count

    def sum_up(values: Iterable[int]) -> int:
        runs.append(sum(values))
        return runs[-1]

    catalogue: Catalogue = replace(registry.load().catalogue, memo=memo)
    return by_run(catalogue, "versions", make, sum_up), made, len(runs), memo.save()
