"""Rules on a change: what has landed stays, and what a person must look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from builder.git.change import Action, Touch
from builder.model.finding import Severity
from builder.model.layout import CONFIG, SERVERS, Kind
from builder.rules.engine.rule import ExampleFile, Problem, Rule, encode, file, files
from builder.rules.engine.subject import Proposal
from builder.rules.sidecar_files import STATUS
from builder.rules.similar_names import resembled

_UPSTREAM = ExampleFile(
    path="servers/com.example/weather/upstream.json",
    data=encode({"source": "https://registry.example.com", "versions": {"1.0.0": {}}}),
)
_OVERLAY = ExampleFile(path="servers/com.example/weather/overlay.yaml", data=b"recommended: true\n")


def _entries(proposal: Proposal, action: Action) -> Iterator[tuple[Touch, Severity | None]]:
    for touch in proposal.change.touches:
        if touch.place.kind is Kind.ENTRY and touch.action is action:
            version = (touch.place.name, touch.place.version)
            mild = version in proposal.mirrored or version in proposal.unpublished
            yield touch, Severity.REVIEW if mild else None


def _changed(proposal: Proposal) -> Iterator[Problem]:
    for touch, severity in _entries(proposal, Action.REPLACE):
        yield Problem(
            message=f"{touch.place.name} {touch.place.version} is published already",
            file=touch.path,
            severity=severity,
            help="a published version never changes: publish a new one, such as 1.2.4 after 1.2.3",
        )


def _removed(proposal: Proposal) -> Iterator[Problem]:
    for touch, severity in _entries(proposal, Action.REMOVE):
        yield Problem(
            message=f"{touch.place.name} {touch.place.version} would disappear",
            file=touch.path,
            severity=severity,
            help="a published version stays; give it the status deprecated or deleted in status.yaml",
        )


def _outside(proposal: Proposal) -> Iterator[Problem]:
    for touch in proposal.change.outside:
        yield Problem(
            message="the change touches a file that belongs to the registry itself, not to a publisher",
            file=touch.path,
            help="entries are published by themselves: put the rest into another pull request",
        )


def _mirror(proposal: Proposal) -> Iterator[Problem]:
    for touch in proposal.change.touches:
        if touch.place.kind is Kind.UPSTREAM:
            yield Problem(
                message="the change says what another registry has published",
                file=touch.path,
                help="upstream.json is written by mcp-registry mirror alone",
            )


def _overlay(proposal: Proposal) -> Iterator[Problem]:
    for touch in proposal.change.touches:
        if touch.place.kind in (Kind.OVERLAY, Kind.FACTS):
            yield Problem(
                message="the change alters what the registry itself says of a server",
                file=touch.path,
                help="a person of the registry makes sure that this is meant",
            )


def _stale(proposal: Proposal) -> Iterator[Problem]:
    for path in sorted(proposal.change.stale):
        yield Problem(
            message="the file has changed on the base branch since this change began",
            file=path,
            help="merge the base branch into this one, or begin again from it",
        )


def _history(proposal: Proposal) -> Iterator[Problem]:
    ancestors = len(proposal.change.merge_bases)
    if ancestors != 1:
        yield Problem(
            message=f"base and head have {ancestors or 'no'} best common ancestors instead of one",
            file=SERVERS,
            help="begin a branch at the base branch, and bring the files there",
        )


def _similar(proposal: Proposal) -> Iterator[Problem]:
    added: dict[str, str] = {}
    for touch in proposal.change.touches:
        if touch.action is Action.ADD and touch.place.namespace not in proposal.namespaces:
            added.setdefault(touch.place.namespace, touch.path)
    added.pop("", None)
    for name, other in resembled(added, proposal.namespaces):
        yield Problem(
            message=f"the new namespace {name} looks like {other}",
            file=added[name],
            help="a person checks that it is not taken for the other",
        )


_LANDED = (file(),)
_NEXT = file(version="1.1.0")
_DELETED = replace(STATUS, data=b'"*": {status: deleted}\n')
_ACTIVE = replace(STATUS, data=b'"*": {status: active}\n')
_WITHDRAWN = files(*_LANDED, _DELETED, base=(*_LANDED, STATUS))

RULES: tuple[Rule[Proposal], ...] = (
    Rule(
        code="version-changed",
        summary="A published version never changes.",
        explanation="Clients keep what they have fetched, and somebody may rely on it. Not even "
        "white space changes. Where a mirror follows a correction of upstream, a person looks.",
        structural=True,
        check=_changed,
        failing=files(file(description="Other."), base=_LANDED),
        passing=files(*_LANDED, _NEXT, base=_LANDED),
    ),
    Rule(
        code="version-removed",
        summary="A published version never disappears.",
        explanation="A version that is withdrawn gets the status `deleted`; its file stays, and its "
        "name stays used up. A person looks at the removal of what was never published: a file that "
        "cannot be read, or that has no path of its own.",
        structural=True,
        check=_removed,
        failing=files(_NEXT, base=(*_LANDED, _NEXT)),
        passing=files(*_LANDED, _DELETED, base=_LANDED),
    ),
    Rule(
        code="outside-servers",
        summary="A change with entries touches nothing outside `servers/<namespace>/`.",
        explanation="Publishing needs no change to the builder, its workflows or the settings. A "
        "person looks at a change to those; together with entries of somebody who is not one of "
        "the registry's own people it is rejected.",
        severity=Severity.REVIEW,
        structural=True,
        check=_outside,
        failing=files(*_LANDED, ExampleFile(path=CONFIG, data=b"title: Mine\n"), base=()),
        passing=files(*_LANDED, base=()),
    ),
    Rule(
        code="mirror-record",
        summary="A change to `upstream.json` is looked at by a person.",
        explanation="What it lists counts as mirrored: rules are milder there. Only "
        "`mcp-registry mirror` writes it.",
        severity=Severity.REVIEW,
        check=_mirror,
        failing=files(*_LANDED, _UPSTREAM, base=()),
        passing=files(*_LANDED, base=()),
    ),
    Rule(
        code="overlay-changed",
        summary="A change to `overlay.yaml` or `facts.yaml` is looked at by a person.",
        explanation="It is the registry's own word on a server: verified, approved, what a probe found. "
        "Its publisher has no part in it.",
        severity=Severity.REVIEW,
        check=_overlay,
        failing=files(*_LANDED, _OVERLAY, base=_LANDED),
        passing=files(*_LANDED, base=()),
    ),
    Rule(
        code="stale-change",
        summary="No touched file has changed on the base branch meanwhile.",
        explanation="What was checked must be what merging brings.",
        structural=True,
        check=_stale,
        failing=replace(
            _WITHDRAWN,
            meanwhile=(*_LANDED, _ACTIVE),
            shown=f"{_WITHDRAWN.shown} (and on the base branch too)",
        ),
        passing=_WITHDRAWN,
    ),
    Rule(
        code="merge-base",
        summary="Base and head have one common ancestor.",
        explanation="Only then is it clear what merging brings.",
        structural=True,
        check=_history,
        failing=replace(
            files(*_LANDED, base=()), related=False, shown="a branch with a root commit of its own"
        ),
        passing=files(*_LANDED, base=()),
    ),
    Rule(
        code="similar-namespace",
        summary="A new namespace that looks like an existing one is looked at by a person.",
        explanation="By one or two edits, or by characters such as `0` and `o`, `rn` and `m`.",
        severity=Severity.REVIEW,
        check=_similar,
        failing=files(
            file("io.github.microsfot/tools"),
            file("io.github.microsoft/tools"),
            base=(file("io.github.microsoft/tools"),),
        ),
        passing=files(
            file("io.github.alice/tools"),
            file("io.github.microsoft/tools"),
            base=(file("io.github.microsoft/tools"),),
        ),
    ),
)
