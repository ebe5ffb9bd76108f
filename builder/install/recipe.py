"""One launch -> a recipe for each client: what to click, run or copy, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from builder.document import Document
from builder.install import inputs
from builder.install.clients import Client
from builder.install.entry import Entry, slug
from builder.install.field import HIDDEN, text
from builder.install.inputs import Value
from builder.install.plan import STDIO, Local, Plan, Reading
from builder.install.shape import File, Recipe
from builder.install.web import address, https_link

Plans = dict[Reading, Plan | None]

UNREADABLE = "This entry names nothing that can be started safely; read its JSON before you use it."
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
    title = _line(text(document, "title")) or _line(name.rpartition("/")[2]) or slug(name)
    description = _line(text(document, "description"))
    found = []
    for client in clients:
        chosen = plans[client.dialect.reading]
        if chosen is None:
            found.append(Recipe(client=client.id, title=client.title))
            continue
        entry = Entry(
            name=name,
            title=title,
            description=description,
            plan=chosen,
            dialect=client.dialect,
        )
        found.append(_recipe(client, entry, notes.get(client.id, "")))
    return tuple(found)


def _recipe(client: Client, entry: Entry, note: str) -> Recipe:
    reason = _why_not(client, entry)
    fit = not _unfit_for_link(entry)
    links = (make(entry) for make in client.links if fit)
    usable = tuple(link for link in links if link is not None)
    if reason and not usable:
        return Recipe(client=client.id, title=client.title, notes=(reason,))
    variables = client.file.variables(entry) if client.file and not reason else ()
    needed = f"The file reads {' and '.join(variables)} from {client.title}'s environment."
    notes = (client.notes.get(entry.transport, ""), needed if variables else "", note)
    return Recipe(
        client=client.id,
        title=client.title,
        links=usable,
        readme=client.readme(entry) if client.readme and fit else None,
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


def _unfit_for_link(entry: Entry) -> bool:
    """A link must not carry an address with gaps, or text that the client would replace."""
    if any(expands(value) for value in entry.plan.values):
        return True
    if isinstance(entry.plan, Local) or entry.dialect.reading is Reading.PROMPTED:
        return False
    return any(one.secret or not one.default for one in inputs.inputs(entry.plan.url))


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
