"""One launch -> a recipe for each client: what to click, run or copy, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from builder.install import by_cmd, pieces
from builder.install.about import described
from builder.install.client import Client
from builder.install.command import line
from builder.install.entry import ClientEntry, Dialect, Written, placeholder, written
from builder.install.link import LONGEST
from builder.install.plan import STDIO, Local, Plan, Plans, Reading, Remote
from builder.install.shape import Command, Link, Recipe, RecipeFile
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
NEEDED = "The file reads {} from {}'s environment."
TOO_LONG = "No one-click link: with all these settings it would be longer than Windows takes."
NO_SSE = "{} does not speak the SSE transport."
NO_HEADERS = "{}'s connectors cannot send the headers that this server wants."
PUBLIC_ONLY = "{}'s connectors reach public https addresses only."


def expands(value: Value) -> str:
    """Return the form of what a client might replace with something from the machine, "" if nothing."""
    given = "\n".join(part if isinstance(part, str) else part.default for part in value)
    return next((form for form, begun in _REPLACED.items() if begun.search(given)), "")


def recipes(
    name: str, document: Document, plans: Plans, notes: Mapping[str, str], clients: Sequence[Client]
) -> tuple[Recipe, ...]:
    """Make the recipes of one launch, one for each client; `notes` are by client id."""
    if not clients:
        return ()
    if not plans.by_reading:
        return tuple(Recipe(client=client.id, title=client.title) for client in clients)
    dialects = dict.fromkeys(client.dialect for client in clients)
    base = _entries(name, document, plans, dialects, marked=False)
    optional = any(switch for _, switch in _switches(plans))
    full = _entries(name, document, plans, dialects, marked=True) if optional else {}
    return tuple(
        _recipe(client, base[client.dialect], full.get(client.dialect), notes.get(client.id, ""))
        for client in clients
    )


def _switches(plans: Plans) -> list[tuple[Value, str]]:
    plan = plans.plain
    if plan is None:
        return []
    settings = plan.env if isinstance(plan, Local) else plan.headers
    words = plan.args if isinstance(plan, Local) else ()
    return [
        *((word.value, word.switch) for word in words),
        *((setting.value, setting.switch) for setting in settings),
    ]


def _entries(
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


def _recipe(client: Client, entry: ClientEntry, full: ClientEntry | None, note: str) -> Recipe:
    reason = _why_not(client, entry)
    made = [make(entry) for make in client.links if entry.linkable]
    links = [link for link in made if link is not None]
    usable = tuple(link for link in links if len(link.href) <= LONGEST)
    if reason and not usable:
        return Recipe(client=client.id, title=client.title, notes=(reason,))
    command = None if reason else _command(client, entry, full)
    file = None if reason else _file(client, entry, full)
    long = len(usable) < len(links)
    notes = (client.notes.get(entry.transport, ""), TOO_LONG if long else "", note)
    return Recipe(
        client=client.id,
        title=client.title,
        links=usable,
        readme=_readme(client, entry),
        command=command,
        file=file,
        gaps=_gaps(entry, usable, command, file),
        long=long,
        notes=tuple(note for note in (*notes, *_file_notes(client, entry, file)) if note),
    )


def _command(client: Client, entry: ClientEntry, full: ClientEntry | None) -> Command | None:
    words = client.command(entry) if client.command else None
    if words is None or client.command is None:
        return None
    command = line(words, full=(client.command(full) or ()) if full else ())
    wrapped = by_cmd.wrapped(client, entry)
    if wrapped is not None:
        windows = line(client.command(wrapped) or ())
        return replace(command, windows=windows.windows or windows.text)
    return command


def _file(client: Client, entry: ClientEntry, full: ClientEntry | None) -> RecipeFile | None:
    form = client.file
    if form is None:
        return None
    cut = pieces.lines(form.write(full)) if full else ()
    optional = any(piece.switches for piece in cut)
    return RecipeFile(
        places=client.places,
        language=form.language,
        text=pieces.shown(cut) if optional else form.write(entry),
        pieces=cut if optional else (),
    )


def _file_notes(client: Client, entry: ClientEntry, file: RecipeFile | None) -> list[str]:
    if file is None or client.file is None:
        return []
    variables = client.file.variables(entry)
    notes = [NEEDED.format(" and ".join(variables), client.title)] if variables else []
    return [*notes, by_cmd.note(client, entry)]


def _readme(client: Client, entry: ClientEntry) -> Link | None:
    return client.readme(entry) if client.readme and entry.linkable else None


def _gaps(
    entry: ClientEntry, links: Sequence[Link], command: Command | None, file: RecipeFile | None
) -> tuple[str, ...]:
    """Return the placeholders that stand in what one clicks or copies."""
    if not entry.open:
        return ()
    texts = [command.text] if command else []
    texts += [file.text] if file else []
    if links and entry.dialect.reading is Reading.PLAIN:
        texts.append(entry.config_json)
    return tuple(name for name in entry.open if any(name in text for text in texts))


def _is_open(asked: Input) -> bool:
    return asked.secret or not asked.default


def _why_not(client: Client, entry: ClientEntry) -> str:
    """Return why a client's configuration cannot hold this launch; "" if it can."""
    if entry.transport == STDIO or entry.transport in client.dialect.urls:
        return ""
    if client.dialect.urls:
        return NO_SSE.format(client.title)
    if entry.plan.values[1:]:
        return NO_HEADERS.format(client.title)
    return PUBLIC_ONLY.format(client.title)


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
