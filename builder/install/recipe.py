"""One launch -> a recipe for each client: what to click, run or copy, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from builder.install import inputs
from builder.install.clients import Client
from builder.install.entry import Dialect, Entry, slug, written
from builder.install.field import HIDDEN, text
from builder.install.inputs import Value
from builder.install.link import LONGEST
from builder.install.plan import STDIO, Local, Plan, Reading
from builder.install.shape import File, Recipe
from builder.install.web import address, https_link
from builder.model.server_json import Document

Plans = Mapping[Reading, Plan | None]

UNREADABLE = "This entry names nothing that can be started safely; read its JSON before you use it."
_BARE = tuple(Dialect(reading=reading) for reading in Reading)
_NEEDED = "The file reads {} from {}'s environment."
_TOO_LONG = "No one-click link: with all these settings it would be longer than Windows takes."
_BUNDLES = "An .mcpb bundle is opened by Claude Desktop; this client cannot start it."


def expands(value: Value) -> bool:
    """Tell whether a client might replace part of a value with something from the machine."""
    parts = (part if isinstance(part, str) else part.default for part in value)
    return any("${" in part for part in parts)


def recipes(
    name: str,
    document: Document,
    plans: Plans,
    notes: Mapping[str, str],
    clients: Sequence[Client],
) -> tuple[Recipe, ...]:
    """Make the recipes of one launch, one for each client; `notes` are by client id."""
    if not clients:
        return ()
    entries = _entries(name, document, plans, dict.fromkeys(one.dialect for one in clients))
    return tuple(
        _recipe(client, entries[client.dialect], notes.get(client.id, ""))
        if client.dialect in entries
        else Recipe(client=client.id, title=client.title)
        for client in clients
    )


def _entries(
    name: str, document: Document, plans: Plans, dialects: Collection[Dialect]
) -> dict[Dialect, Entry]:
    """Give the launch in each dialect that has a plan for it."""
    title = _line(text(document, "title")) or _line(name.rpartition("/")[2]) or slug(name)
    description = _line(text(document, "description"))
    usable = {reading: plan for reading, plan in plans.items() if plan is not None}
    fit = {reading: _fits_link(plan, reading) for reading, plan in usable.items()}
    # Dialects that write inputs alike share what is written: twelve of them have five ways.
    ways = {one.way: one for one in (*_BARE, *dialects)}
    texts = {way: written(usable[way[0]], one) for way, one in ways.items() if way[0] in usable}
    return {
        one: Entry(
            name=name,
            title=title,
            description=description,
            plan=usable[one.reading],
            dialect=one,
            own=texts[one.way],
            shown=texts[one.reading, ""],
            linkable=fit[one.reading],
        )
        for one in dialects
        if one.reading in usable
    }


def _recipe(client: Client, entry: Entry, note: str) -> Recipe:
    reason = _why_not(client, entry)
    made = [make(entry) for make in client.links if entry.linkable]
    links = [link for link in made if link is not None]
    usable = tuple(link for link in links if len(link.href) <= LONGEST)
    if reason and not usable:
        return Recipe(client=client.id, title=client.title, notes=(reason,))
    variables = client.file.variables(entry) if client.file and not reason else ()
    needed = _NEEDED.format(" and ".join(variables), client.title) if variables else ""
    too_long = _TOO_LONG if len(usable) < len(links) else ""
    notes = (client.notes.get(entry.transport, ""), too_long, needed, note)
    return Recipe(
        client=client.id,
        title=client.title,
        links=usable,
        readme=client.readme(entry) if client.readme and entry.linkable else None,
        command=client.command(entry) if client.command and not reason else None,
        file=_file(client, entry) if not reason else None,
        notes=tuple(note for note in notes if note),
    )


def _why_not(client: Client, entry: Entry) -> str:
    """Say why a client's configuration cannot hold this launch; "" if it can."""
    if entry.transport == STDIO or entry.transport in client.dialect.urls:
        return ""
    if client.dialect.urls:
        return f"{client.title} does not speak the SSE transport."
    if entry.plan.values[1:]:
        return f"{client.title}'s connectors cannot send the headers that this server wants."
    return f"{client.title}'s connectors reach public https addresses only."


def _fits_link(plan: Plan, reading: Reading) -> bool:
    """A link must not carry an address with gaps, or text that the client would replace."""
    if any(expands(value) for value in plan.values):
        return False
    if isinstance(plan, Local) or reading is Reading.PROMPTED:
        return True
    return all(one.default and not one.secret for one in inputs.inputs(plan.url))


def _file(client: Client, entry: Entry) -> File | None:
    form = client.file
    if form is None:
        return None
    return File(places=client.places, language=form.language, text=form.write(entry))


def bundle(client: Client, package: Document) -> Recipe:
    """Make the recipe of an MCPB bundle: a file that Claude Desktop opens."""
    href = address(text(package, "identifier"), "https")
    if client.id != "claude-desktop":
        return Recipe(client=client.id, title=client.title, notes=(_BUNDLES,))
    link = https_link(href or "", "Download the bundle")
    note = "Open the downloaded file with Claude Desktop."
    return Recipe(
        client=client.id,
        title=client.title,
        links=(link,) if link else (),
        notes=(note,) if link else (UNREADABLE,),
    )


def _line(value: str) -> str:
    return re.sub(r"\s+", " ", HIDDEN.sub(" ", value)).strip()
