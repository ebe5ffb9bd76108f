"""What clients see of a launch: its plan as each dialect writes it, and whether a link may carry it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from builder.install.about import described
from builder.install.entry import ClientEntry, Dialect, Written, placeholder, switched, written
from builder.install.plan import Local, Plan, Plans, Reading, Remote
from builder.install.value import Input, Value, inputs_of, render
from builder.install.web import is_reserved
from builder.model.server_json import Document

_BARE = {reading: Dialect(reading=reading) for reading in Reading}
_REPLACED = {
    "${...}": re.compile(r"\$\{"),
    "$NAME": re.compile(r"\$[A-Za-z_]"),  # Gemini CLI, Copilot CLI, Goose
    "{env:...}": re.compile(r"\{env:"),  # OpenCode
    "{file:...}": re.compile(r"\{file:"),
}


def expands(value: Value) -> str:
    """Return the form of what a client might replace with something from the machine, "" if nothing."""
    given = "\n".join([part if isinstance(part, str) else part.default for part in value])
    if "$" not in given and "{" not in given:
        return ""
    return next((form for form, begun in _REPLACED.items() if begun.search(given)), "")


def has_switches(plans: Plans) -> bool:
    """Return whether anything in a launch is optional."""
    plan = plans.plain
    return plan is not None and any(switch for _, switch in switched(plan))


def entries(
    name: str, document: Document, plans: Plans, dialects: Collection[Dialect], *, marked: bool
) -> dict[Dialect, ClientEntry]:
    """Return the launch in each dialect; `marked`: with what is optional too."""
    title, description = described(name, document)
    chosen = {
        view: _view(plans.by_reading[view[0]], *view, name, marked=marked)
        for view in dict.fromkeys((dialect.reading, dialect.all_headers) for dialect in dialects)
    }
    # Dialects that write inputs alike share what is written: seventeen of them have seven ways.
    texts: dict[tuple[Reading, str, bool], Written] = {}
    entries = {}
    for dialect in dialects:
        view = chosen[dialect.reading, dialect.all_headers]
        if dialect.way not in texts:
            texts[dialect.way] = (
                written(view.plan, dialect, name, marked=marked) if dialect.secret else view.shown
            )
        entries[dialect] = ClientEntry(
            name=name,
            title=title,
            description=description,
            plan=view.plan,
            dialect=dialect,
            own=texts[dialect.way],
            shown=view.shown,
            linkable=view.linkable,
            open=view.open,
            marked=marked,
        )
    return entries


class _View(NamedTuple):
    """What clients with one reading see of a launch, whatever they call things."""

    plan: Plan
    shown: Written
    linkable: bool
    open: tuple[str, ...]


def _view(plan: Plan, reading: Reading, all_headers: bool, name: str, *, marked: bool) -> _View:
    plan = _chosen(plan, all_headers=all_headers, marked=marked)
    asked = (part for value in plan.values for part in inputs_of(value))
    return _View(
        plan=plan,
        shown=written(plan, _BARE[reading], name, marked=marked),
        linkable=fits_link(plan, reading),
        open=tuple(dict.fromkeys(map(placeholder, filter(_is_open, asked)))),
    )


def _chosen(plan: Plan, *, all_headers: bool, marked: bool) -> Plan:
    if all_headers and isinstance(plan, Remote):
        return replace(plan, headers=tuple(replace(h, switch="") for h in plan.headers))
    return plan if marked else plan.base


def _is_open(asked: Input) -> bool:
    return asked.secret or not asked.default


def fits_link(plan: Plan, reading: Reading) -> bool:
    """Return whether a link may carry a plan. A link must not carry an address with gaps, or text that the client would replace."""
    if any(expands(value) for value in plan.values):
        return False
    if isinstance(plan, Local):
        return True
    if is_reserved(render(plan.url, lambda asked: asked.default or "1")):
        return False
    if reading is Reading.PROMPTED:
        return True
    return all(asked.default and not asked.secret for asked in inputs_of(plan.url))
