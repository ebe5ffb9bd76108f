"""Blocked versions as readers see them: tombstones, while what stands behind them is kept.

A version that was published and is blocked now is shown as deleted, with the reason and nothing of
its contents. One that is blocked when it comes is not shown at all. Both come back as they were
when the block ends.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import orjson

from builder.catalogue.server import Version
from builder.history.clock import NOW
from builder.history.state import State
from builder.model.blocks import Block
from builder.model.exact_bytes import exact
from builder.model.sidecars import Status
from builder.policy import blocks
from builder.policy.blocks import Blocks
from builder.policy.entry import PolicyEntry

_SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_DESCRIPTION = "Blocked by this registry ({reason})."


def concerned(state: State, before: Blocks, since: int) -> set[str]:
    """Name the servers of a state that a change of the blocks may be about.

    `before` are the blocks until now, `since` is the time up to which they were applied.
    """
    expired = state.blocks.expired(since, state.time)
    changed = Blocks((*before.changed(state.blocks).rows, *expired.rows))
    if not changed:
        return set()
    return {name for name in state.servers if changed.may_concern(name)}


def shown(
    state: State, name: str, drafts: dict[str, Version], *, unchanged: bool
) -> dict[str, Version]:
    """Return versions as readers see them, and keep those that are blocked in the server's record.

    `unchanged` is whether the blocks are those of the last time: then a draft that is as it was
    stays as it was.
    """
    record = state.servers[name]
    before, kept = record.versions, record.hidden
    record.hidden = {}
    if not state.blocks and not kept:
        return drafts
    visible: dict[str, Version] = {}
    for text, draft in drafts.items():
        if unchanged and draft is before.get(text):
            visible[text] = draft
            continue
        if unchanged and draft is kept.get(text):
            record.hidden[text] = draft
            visible.update(_same(before, text))
            continue
        block = state.blocks.find(_entry(draft, state), state.time)
        if block is None:
            visible[text] = _back(draft) if text in kept else draft
        else:
            record.hidden[text] = draft
            visible.update(_tombstone(before, draft, block))
    return visible


def _same(before: Mapping[str, Version], text: str) -> Iterator[tuple[str, Version]]:
    if text in before:
        yield text, before[text]


def _entry(version: Version, state: State) -> PolicyEntry:
    return PolicyEntry(
        name=version.name,
        version=version.version,
        load=version.content,
        granted=state.grants.accounts,
    )


def _back(draft: Version) -> Version:
    return dataclasses.replace(draft, updated=NOW, status_changed=NOW, is_latest=False)


def _tombstone(
    before: Mapping[str, Version], draft: Version, block: Block
) -> Iterator[tuple[str, Version]]:
    """Yield the tombstone of a version that readers have seen; nothing for one that they have not."""
    old = before.get(draft.version)
    if old is None:
        return
    body = {
        "$schema": _SCHEMA,
        "name": draft.name,
        "description": _DESCRIPTION.format(reason=block.reason),
        "version": draft.version,
    }
    stone = dataclasses.replace(
        old,
        document=exact(orjson.dumps(body)),
        blob="",
        status=Status.DELETED,
        status_message=blocks.told(block),
        status_changed=old.status_changed,
        meta=b"",
        overlay=b"",
    )
    if stone != old:
        deleted = old.status is Status.DELETED and not old.blob
        changed = old.status_changed if deleted else NOW
        stone = dataclasses.replace(stone, updated=NOW, status_changed=changed)
    yield draft.version, stone if stone != old else old
