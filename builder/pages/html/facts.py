"""What was found out about a server, for its page: tools, answers and its repository, each with source and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.catalogue.server import Version
from builder.model.facts import Facts, RemoteFacts, RepositoryFacts, ToolFacts
from builder.model.wording import counted
from builder.pages.html.reach import host_of
from builder.pages.html.reach_changes import ReachChange
from builder.pages.html.text import clean

TOOLS_OPEN, TOOLS_SHOWN, CHANGES_SHOWN = 8, 100, 10
_CHANGES: Mapping[str, str] = {
    "new": "New tool: {tool}",
    "gone": "No longer: tool {tool}",
    "description": "Tool {tool} describes itself in other words",
    "input": "Tool {tool} takes other input",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFacts:
    """Texts are clean. `folded` are the tools that one has to unfold, `more` counts those left out."""

    sentences: Sequence[ReachChange]
    tools: Sequence[ToolFacts]
    folded: Sequence[ToolFacts]
    more: str
    changes: Sequence[ReachChange]


def shown_facts(version: Version) -> ShownFacts | None:
    """Return what is known of a version's server; None if nobody has asked it."""
    known = version.known_facts()
    if not known.remotes:
        return None
    tools = [_clean(tool) for tool in known.tools]
    more = len(tools) - TOOLS_SHOWN
    return ShownFacts(
        sentences=[_sentence(url, remote) for url, remote in known.remotes.items()],
        tools=tools[:TOOLS_OPEN],
        folded=tools[TOOLS_OPEN:TOOLS_SHOWN],
        more=counted(more, "more tool") if more > 0 else "",
        changes=list(_changes(known))[:CHANGES_SHOWN],
    )


def _sentence(url: str, remote: RemoteFacts) -> ReachChange:
    host = host_of(clean(url)) or clean(url)
    if not remote.answered:
        return ReachChange(text=f"{host}: {remote.trouble} (asked on {remote.asked}).")
    if remote.failing:
        text = f"{host} has not answered since {remote.failing}: {remote.trouble}. It last did on {remote.answered}."
        return ReachChange(text=text, is_marked=True)
    calls = f"as {clean(remote.name)} {clean(remote.version)}".strip() if remote.name else ""
    speaks = f", protocol {clean(', '.join(remote.protocols))}" if remote.protocols else ""
    return ReachChange(
        text=f"{host} answered on {remote.answered} {calls}{speaks}, with {counted(len(remote.tools), 'tool')}."
    )


def _changes(known: Facts) -> Iterator[ReachChange]:
    changes = [change for remote in known.remotes.values() for change in remote.changes]
    for change in sorted(changes, key=lambda change: change.day, reverse=True):
        text = _CHANGES[change.change].format(tool=clean(change.tool))
        was = f". Before: {clean(change.before)}" if change.before else ""
        yield ReachChange(text=f"{change.day}: {text}{was}", is_marked=change.change != "gone")


def shown_repository(version: Version) -> ReachChange | None:
    """Return what its forge said of a version's repository; None if nobody has asked."""
    known = version.known_facts().repository
    return _repository(known) if known else None


def _repository(known: RepositoryFacts) -> ReachChange:
    parts = [
        f"licence {clean(known.licence)}" if known.licence else "no licence known",
        counted(known.stars, "star"),
        *([f"last commit on {known.pushed}"] if known.pushed else []),
        *(["archived: nothing changes any more"] if known.archived else []),
    ]
    host = host_of(clean(known.source)) or "its forge"
    text = f"Repository: {', '.join(parts)}, as {host} said on {known.asked}."
    return ReachChange(text=text, is_marked=known.archived)


def _clean(tool: ToolFacts) -> ToolFacts:
    return tool.model_copy(
        update={"name": clean(tool.name), "title": clean(tool.title), "description": clean(tool.description)}
    )  # fmt: skip
