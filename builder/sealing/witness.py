"""A small witness: it cosigns what extends what it cosigned before, and remembers that.

It needs no server: a scheduled job runs it and passes the printed line to the registry.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from builder.model.errors import RegistryError
from builder.pull import prove
from builder.pull.site_files import SiteReader
from builder.runtime import atomic
from builder.trust import checkpoint, note, seal
from builder.trust.checkpoint import TreeHead
from builder.trust.note import SignatureLine, VerifierKey
from builder.trust.seal import LogKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a witness cosigned, and the tree that it had cosigned before (None: the first time)."""

    line: SignatureLine
    head: TreeHead
    before: TreeHead | None


def cosign(
    site: SiteReader, memory: Path, own: LogKey, key: VerifierKey | None, time: int
) -> Witnessed:
    """Cosign the checkpoint of a site's log at a time (seconds since 1970).

    `memory` is the file in which the witness keeps the key and the last tree of every log. `key` is
    the log's; without it that which was seen first counts. Raises ProofError if the log is not
    signed by its key, or does not extend the tree that was cosigned before.
    """
    with _only_one(memory):
        known_logs = _read(memory)
        known = key or _known_key(site, known_logs)
        log = prove.open_log(site, known)
        seal.require_whole(log.head, log.tree)
        before = _tree_before(known_logs, log.head.origin)
        if before:
            seal.require_extends(before, log.head, log.tree)
        rows = {**known_logs, log.head.origin: {"key": str(known), "checkpoint": log.head.text}}
        # Before anybody can have the cosignature: no other tree is signed after a power cut.
        with atomic.replacing(memory, durable=True) as file:
            file.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        line = note.cosign(log.head.text, own.public, own.private, time)
        return Witnessed(line=line, head=log.head, before=before)


def _known_key(site: SiteReader, known_logs: Mapping[str, Mapping[str, str]]) -> VerifierKey:
    published = prove.published_key(site)
    row = known_logs.get(published.name)
    return note.read_key(row["key"]) if row else published


def _tree_before(known_logs: Mapping[str, Mapping[str, str]], origin: str) -> TreeHead | None:
    row = known_logs.get(origin)
    return checkpoint.read_text(row["checkpoint"]) if row else None


def _read(memory: Path) -> dict[str, dict[str, str]]:
    if not memory.exists():
        return {}
    try:
        rows = orjson.loads(memory.read_bytes())
        return {
            str(origin): {k: str(row[k]) for k in ("key", "checkpoint")}
            for origin, row in rows.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegistryError(
            f"{memory} is not what this witness keeps: it must not begin anew",
            help="restore the file, or make a new key and begin as another witness",
        ) from error


@contextmanager
def _only_one(memory: Path) -> Iterator[None]:
    memory.parent.mkdir(parents=True, exist_ok=True)
    with memory.with_name(f"{memory.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
