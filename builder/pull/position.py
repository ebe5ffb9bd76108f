"""How far a copy has followed a registry's change log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """How far a copy has come: the registry's address, the newest change in it, and its hash.

    `etag` is the validator of a head with nothing beyond that change, "" if none is known, and
    `head` that head's address.
    """

    url: str = ""
    sequence: int = 0
    event: str = ""
    etag: str = ""
    head: str = ""
