"""The leaves of a registry's log: one for each event, one for each state of the registry.

A leaf is JSON in its canonical form (RFC 8785): keys in order, no white space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from builder.trust.tiles import ProofError

STATE = "state"
"""The kind of a leaf that says what all events before it make together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLeaf:
    """A leaf, read: of a state, `name` and `version` are "", and `sha256` is the state's digest."""

    sequence: int
    time: str
    kind: str
    name: str
    version: str
    sha256: str


def event(*, sequence: int, time: str, kind: str, name: str, version: str, sha256: str) -> bytes:
    """Return the leaf of an event; `sha256` (hex) is of the version's ServerResponse after it."""
    value = {
        "kind": kind,
        "name": name,
        "sequence": sequence,
        "sha256": sha256,
        "time": time,
        "version": version,
    }
    return orjson.dumps(value)


def state(*, sequence: int, time: str, sha256: str) -> bytes:
    """Return the leaf of a state: its digest (builder/trust/state.py) after the event `sequence`."""
    return orjson.dumps({"kind": STATE, "sequence": sequence, "sha256": sha256, "time": time})


def read(body: bytes) -> LogLeaf:
    """Read a leaf; ProofError if it is none."""
    try:
        value: dict[str, Any] = orjson.loads(body)
        is_state = value["kind"] == STATE
        return LogLeaf(
            sequence=int(value["sequence"]),
            time=str(value["time"]),
            kind=str(value["kind"]),
            name="" if is_state else str(value["name"]),
            version="" if is_state else str(value["version"]),
            sha256=str(value["sha256"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ProofError("an entry of the log is of no known form") from error
