"""Values made of every server, looked up run by run: 30,000 servers are 250 runs (runs.py).

If one server of a run has changed, the values of the whole run are made again: to look up each
server by itself would cost every build more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from builder.catalogue import fingerprint, runs
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.runs import Run
from builder.catalogue.server import Server

Value = TypeVar("Value")


def by_server(catalogue: Catalogue, kind: str, make: Callable[[Server], Value]) -> dict[str, Value]:
    """Return what `make` makes of each server (plain JSON), by name in byte order.

    `kind` tells these values from those of other functions.
    """
    values: dict[str, Value] = {}
    for run, inputs in catalogue.derived(_runs):
        values |= catalogue.memo.value(kind, inputs, partial(_make, make, catalogue, run))
    return values


def _runs(catalogue: Catalogue) -> list[tuple[Run, str]]:
    hashes = catalogue.derived(fingerprint.servers)
    return [
        (run, fingerprint.of(hashes[name] for name in run)) for run in runs.runs(catalogue.by_name)
    ]


def _make(
    make: Callable[[Server], Value], catalogue: Catalogue, names: Iterable[str]
) -> dict[str, Value]:
    return {name: make(catalogue.by_name[name]) for name in names}
