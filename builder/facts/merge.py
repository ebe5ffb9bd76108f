"""What was found now, upon what was known: when a remote last answered, and what changed about its tools."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.facts import MOST_CHANGES, RemoteFacts, ToolChange


def merged(before: RemoteFacts | None, now: RemoteFacts) -> RemoteFacts:
    """Return the facts to keep of a remote.

    One that does not answer keeps what it said last, with the day since which it fails. The first
    answer is no change.
    """
    if before is None:
        return now
    if not now.answered:
        return before.model_copy(
            update={
                "asked": now.asked,
                "failing": before.failing or now.asked,
                "trouble": now.trouble,
            }
        )
    new = tuple(_changes(before, now)) if before.answered else ()
    return now.model_copy(update={"changes": (*new, *before.changes)[:MOST_CHANGES]})


def _changes(before: RemoteFacts, now: RemoteFacts) -> Iterator[ToolChange]:
    old, new = ({tool.name: tool for tool in side.tools} for side in (before, now))
    for name, tool in new.items():
        known = old.get(name)
        if known is None:
            yield ToolChange(day=now.asked, tool=name, change="new")
        elif known.description != tool.description:
            yield ToolChange(
                day=now.asked, tool=name, change="description", before=known.description
            )
        elif known.digest != tool.digest:
            yield ToolChange(day=now.asked, tool=name, change="input")
    for name in sorted(old.keys() - new.keys()):
        yield ToolChange(day=now.asked, tool=name, change="gone")
