"""The versions of a server that follow from its files, before blocks are applied and times are given.

A draft is a version as it will be shown if the registry does not block it. What is new in it has
the time NOW; replay.py gives it a time of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from builder.catalogue.server import NOT_LOGGED, Version
from builder.history.clock import NOW
from builder.history.lifecycle import ReadBlob, Sidecars, VersionFacts, facts
from builder.history.overlays import block, facts_of, overlay_of
from builder.history.state import State
from builder.model import page_paths, server_json


def facts_now(state: State, name: str, read: ReadBlob) -> bytes:
    """Return what the facts.yaml of a server says."""
    blob = state.servers[name].facts
    return facts_of(read(blob)) if blob else b""


def kept_facts(drafts: Mapping[str, Version]) -> bytes:
    """Return the facts of a server whose files did not change: those of its latest version."""
    return next((draft.facts for draft in drafts.values() if draft.facts), b"")


def after_change(state: State, name: str, read: ReadBlob) -> dict[str, Version]:
    """Return the versions of a server after its files changed; the time of what is new is NOW."""
    record, known = state.servers[name], state.sidecars.get(name)
    before = record.drafts
    sidecars = (known or Sidecars()).now(record.status, record.upstream, read)
    state.sidecars[name] = sidecars
    drafts = {}
    for text, blob in record.entries.items():
        old = before.get(text)
        # Most versions that a commit could change are as they were.
        if old and known and old.blob == blob and known.agree(sidecars, text):
            drafts[text] = old
            continue
        document = _document(name, text, blob, old, read)
        if document is not None:
            drafts[text] = _draft(name, text, blob, document, facts(text, old, sidecars), old)
    return drafts


def under_overlay(
    state: State, name: str, drafts: dict[str, Version], read: ReadBlob
) -> dict[str, Version]:
    """Return versions with what the registry says of each now."""
    record = state.servers[name]
    own = read(record.overlay) if record.overlay else None
    overlay = overlay_of(name, state.patterns, own)
    established = {**state.renames.of(name), **state.grants.of(name)}
    if overlay is None and not established and not any(draft.overlay for draft in drafts.values()):
        return drafts
    return _labelled(drafts, {text: block(overlay, text, established) for text in drafts})


def _labelled(drafts: Mapping[str, Version], labels: Mapping[str, bytes]) -> dict[str, Version]:
    return {
        text: draft
        if draft.overlay == labels[text]
        else draft.replaced(overlay=labels[text], updated=NOW)
        for text, draft in drafts.items()
    }


def flagged(drafts: Mapping[str, Version], latest: str | None, known: bytes) -> dict[str, Version]:
    """Give flag and facts to the latest version, and let it be the one that was updated last.

    A version that loses the flag keeps its `updatedAt`, as it does upstream. The latest gets a new
    one with every change of the others: clients that keep the newest row of a server then have it.
    """
    others_changed = any(draft.updated == NOW for text, draft in drafts.items() if text != latest)
    versions = {}
    for text, draft in drafts.items():
        is_latest = text == latest
        own = known if is_latest and draft.visible else b""
        moves = is_latest and (others_changed or not draft.is_latest or draft.facts != own)
        updated = NOW if moves else draft.updated
        if (draft.is_latest, draft.updated, draft.facts) != (is_latest, updated, own):
            draft = draft.replaced(is_latest=is_latest, updated=updated, facts=own)
        versions[text] = draft
    return versions


def _document(name: str, text: str, blob: str, old: Version | None, read: ReadBlob) -> bytes | None:
    """Return the document of a version, compact; None if its file can be published nowhere.

    What cannot be read, is of another name or version, or has no path of its own, never was.
    """
    if old is not None and old.blob == blob:
        return old.document
    if page_paths.refusal(name, text):
        return None
    compact = server_json.compact_strictly(read(blob))
    return compact.text if compact and _is_entry(compact.value, name, text) else None


def _draft(
    name: str, text: str, blob: str, document: bytes, stated: VersionFacts, old: Version | None
) -> Version:
    """Return a version as it is if isLatest stays as it was; a new one as it is if it gets that."""
    unchanged = old is not None and stated.same_as(old) and document == old.document
    if old is not None and unchanged and blob == old.blob:
        return old
    return Version(
        name=name,
        version=text,
        document=document,
        blob=blob,
        status=stated.status,
        status_message=stated.status_message,
        published=stated.published,
        status_changed=stated.status_changed,
        updated=old.updated if old is not None and unchanged else NOW,
        is_latest=old is None or old.is_latest,
        source=stated.source,
        meta=stated.meta,
        overlay=old.overlay if old is not None else b"",
        facts=old.facts if old is not None else b"",
        logged=old.logged if old is not None else NOT_LOGGED,
    )


def _is_entry(content: object, name: str, version: str) -> bool:
    return (
        isinstance(content, dict)
        and content.get("name") == name
        and content.get("version") == version
    )
