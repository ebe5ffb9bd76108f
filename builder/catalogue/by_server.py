"""Values made of every server, looked up run by run: 30,000 servers are 250 runs (runs.py).

To look up each server by itself would cost every build more than the runs do. Of a run with a
server that has changed, the values of the others are taken from the runs of the last build, which
says by each server's hash what has changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from builder.cache.memo import Memo
from builder.catalogue import fingerprint, runs
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.runs import Run
from builder.catalogue.server import Server

Value = TypeVar("Value")
Sum = TypeVar("Sum")
_KIND, _INPUTS = "runs", "0" * 64  # there is one such value
_DIGITS = 32
"""Digits of a server's hash that tell what it was from what it is: 128 bits."""
_Row = tuple[str, str, list[str]]
"""A run's first name, its hash, and the hashes of its servers."""


def by_server(catalogue: Catalogue, kind: str, make: Callable[[Server], Value]) -> dict[str, Value]:
    """Return what `make` makes of each server (plain JSON), by name in byte order.

    `kind` tells these values from those of other functions.
    """
    values: dict[str, Value] = {}
    for of_run in each_run(catalogue, kind, make):
        values |= of_run
    return values


def each_run(
    catalogue: Catalogue, kind: str, make: Callable[[Server], Value]
) -> Iterator[dict[str, Value]]:
    """Yield the same run by run: who keeps less than the values never has all of them in memory."""
    for run, inputs in catalogue.derived(_runs).now:
        yield catalogue.memo.value(kind, inputs, partial(_make, make, catalogue, kind, run))


def changed_by_server(
    catalogue: Catalogue, kind: str, make: Callable[[Server], Value]
) -> dict[str, Value]:
    """Return the same of the servers that have changed since the last catalogue of this process.

    Only runs that have changed are read; the next build finds the others as they were.
    """
    assert catalogue.earlier is not None
    changed, memo = catalogue.earlier.changed, catalogue.memo
    found: dict[str, Value] = {}
    for run, inputs in catalogue.derived(_runs).now:
        if not (changed.isdisjoint(run) and memo.keep(kind, inputs)):
            found |= memo.value(kind, inputs, partial(_make, make, catalogue, kind, run))
    return {name: value for name, value in found.items() if name in changed}


def renewed(
    last: Mapping[str, Value], changed: Iterable[str], now: Mapping[str, Value]
) -> dict[str, Value]:
    """Return a table by name in byte order with what is there `now` of the names that have changed."""
    gone = {name for name in changed if name in last and name not in now}
    if not gone and now.keys() <= last.keys():
        return {**last, **now}
    merged = {**last, **now}
    return {name: merged[name] for name in sorted(merged) if name not in gone}


def by_run(
    catalogue: Catalogue,
    kind: str,
    make: Callable[[Server], Value],
    sum_up: Callable[[Iterable[Value]], Sum],
) -> list[Sum]:
    """Return what `sum_up` makes (plain JSON) of the values of each run of servers, in byte order.

    The values themselves, those of `by_server`, are read of runs that have changed alone.
    """
    memo = catalogue.memo

    def made(run: Run, inputs: str) -> Sum:
        values = memo.value(kind, inputs, partial(_make, make, catalogue, kind, run))
        return sum_up(values.values())

    sums = []
    for run, inputs in catalogue.derived(_runs).now:
        memo.keep(kind, inputs)
        sums.append(memo.value(f"{kind}-sum", inputs, partial(made, run, inputs)))
    return sums


def changes_by_server(
    catalogue: Catalogue, kind: str, make: Callable[[Server], Value]
) -> dict[str, tuple[Value | None, Value | None]] | None:
    """Bring values up without reading those of runs that are as they were.

    Returns what `make` has made before and makes now of each server that has changed, None where there
    was or is none; or None where the last build has left nothing to go on from.
    """
    known, memo = catalogue.derived(_runs), catalogue.memo
    if not known.earlier.rows:
        return None
    hashes = catalogue.derived(fingerprint.servers)
    now = {inputs for _, inputs in known.now}
    was: dict[str, tuple[str, Any]] = {}
    for _, inputs, digests in known.earlier.rows:
        if inputs in now and memo.keep(kind, inputs):
            continue
        values = memo.previous_value(kind, inputs)
        if values is None:
            return None
        pairs = zip(values.items(), digests, strict=True)
        was |= {name: (digest, value) for (name, value), digest in pairs}
    before = {inputs for _, inputs, _ in known.earlier.rows}
    made: dict[str, Any] = {}
    for run, inputs in known.now:
        if inputs not in before:
            made |= memo.value(kind, inputs, partial(_make, make, catalogue, kind, run))
    changed = (
        name
        for name in was | made
        if name not in was or not hashes.get(name, "").startswith(was[name][0])
    )
    return {name: (was.get(name, ("", None))[1], made.get(name)) for name in changed}


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of servers and the hash of each, what the next build is to know of them, and what the last one had."""

    now: list[tuple[Run, str]]
    rows: list[_Row]
    earlier: _EarlierRuns


@dataclass(frozen=True, slots=True)
class _EarlierRuns:
    """The runs of the last build: the first name of each, its hash, and the hashes of its servers."""

    firsts: list[str]
    rows: list[_Row]

    def values(self, memo: Memo, kind: str, run: Run) -> Iterator[tuple[str, str, Any]]:
        """Yield what the last build had of the servers in a run's range: name, hash and value."""
        start = max(0, bisect_right(self.firsts, run[0]) - 1)
        for _, inputs, hashes in self.rows[start : bisect_right(self.firsts, run[-1])]:
            values = memo.previous_value(kind, inputs) or {}
            yield from (
                (name, digest, value)
                for (name, value), digest in zip(values.items(), hashes, strict=True)
            )


def _all_runs(catalogue: Catalogue) -> _Runs:
    return _runs_of(catalogue, runs.runs(catalogue.by_name), {})


def _renewed_runs(last: _Runs, catalogue: Catalogue, changed: frozenset[str]) -> _Runs:
    before = {run: (inputs, row) for (run, inputs), row in zip(last.now, last.rows, strict=True)}
    assert catalogue.earlier is not None
    cut = [*before] if catalogue.earlier.same_names else runs.runs(catalogue.by_name)
    same = {run: known for run, known in before.items() if changed.isdisjoint(run)}
    return _runs_of(catalogue, cut, same)


_runs = Renewable(_all_runs, _renewed_runs)


def _runs_of(catalogue: Catalogue, cut: list[Run], same: Mapping[Run, tuple[str, _Row]]) -> _Runs:
    """Return runs with their hashes and rows; those of `same` are known already."""
    hashes = catalogue.derived(fingerprint.servers)
    known = [same.get(run) or _hashed(run, hashes) for run in cut]
    rows = [row for _, row in known]
    earlier = catalogue.memo.renew(_KIND, _INPUTS, rows) or []
    now = [(run, inputs) for run, (inputs, _) in zip(cut, known, strict=True)]
    return _Runs(now, rows, _EarlierRuns([first for first, *_ in earlier], earlier))


def _hashed(run: Run, hashes: Mapping[str, str]) -> tuple[str, _Row]:
    inputs = fingerprint.of(hashes[name] for name in run)
    return inputs, (run[0], inputs, [hashes[name][:_DIGITS] for name in run])


def _make(
    make: Callable[[Server], Value], catalogue: Catalogue, kind: str, run: Run
) -> dict[str, Value]:
    hashes = catalogue.derived(fingerprint.servers)
    earlier = catalogue.derived(_runs).earlier.values(catalogue.memo, kind, run)
    same = {
        name: value
        for name, digest, value in earlier
        if name in hashes and hashes[name].startswith(digest)
    }
    return {name: same[name] if name in same else make(catalogue.by_name[name]) for name in run}
