"""One launch -> a recipe for each client: what to click, run or copy, or why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from builder.install import by_cmd, pieces
from builder.install.client import Client
from builder.install.command import joined, line
from builder.install.entry import ClientEntry
from builder.install.link import LONGEST
from builder.install.plan import STDIO, Plans, Reading
from builder.install.shape import Command, Link, Recipe, RecipeFile
from builder.install.views import entries, has_switches
from builder.model.server_json import Document

NEEDED = "The file reads {} from {}'s environment."
TOO_LONG = "No one-click link: with all these settings it would be longer than Windows takes."
NO_SSE = "{} does not speak the SSE transport."
NO_HEADERS = "{}'s connectors cannot send the headers that this server wants."
PUBLIC_ONLY = "{}'s connectors reach public https addresses only."


def recipes(
    name: str,
    document: Document,
    plans: Plans,
    notes: Mapping[str, str],
    clients: Sequence[Client],
    brief: Sequence[Client] = (),
) -> tuple[Recipe, ...]:
    """Make the recipes of one launch, one for each client; `notes` are by client id.

    Those for `brief` come last, with what is shown without switches alone: commands and files
    without their pieces, the placeholders in these, and the link for a README.
    """
    if not (clients or brief):
        return ()
    if not plans.by_reading:
        return tuple(Recipe(client=client.id, title=client.title) for client in (*clients, *brief))
    dialects = dict.fromkeys(client.dialect for client in (*clients, *brief))
    base = entries(name, document, plans, dialects, marked=False)
    optional = has_switches(plans)
    cut = dict.fromkeys(
        client.dialect for client in (*clients, *(one for one in brief if _is_cut(one)))
    )
    full = entries(name, document, plans, cut, marked=True) if optional else {}
    return (
        *(
            _recipe(one, base[one.dialect], full.get(one.dialect), notes.get(one.id, ""))
            for one in clients
        ),
        *(_brief(one, base[one.dialect], full.get(one.dialect)) for one in brief),
    )


def _is_cut(client: Client) -> bool:
    """Return whether a client's file, cut from the one with everything optional, may look another way.

    JSON does not: what is left of it is what is written without. A list in TOML or YAML is on
    several lines once an item may come and go, and prompts say what else asks for the same.
    """
    is_json = client.file is not None and client.file.language == "json"
    return not is_json or client.dialect.reading is Reading.PROMPTED


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


def _brief(client: Client, entry: ClientEntry, full: ClientEntry | None) -> Recipe:
    """Make the same recipe with what is shown without switches alone."""
    if _why_not(client, entry):
        return Recipe(client=client.id, title=client.title)
    words = client.command(entry) if client.command else None
    command = Command(text=joined(words)) if words is not None else None
    file = _brief_file(client, entry, full if _is_cut(client) else None)
    readme = _readme(client, entry)
    links = [make(entry) for make in client.links] if readme else []
    return Recipe(
        client=client.id,
        title=client.title,
        readme=readme,
        command=command,
        file=file,
        gaps=_gaps(entry, (), command, file),
        long=any(link is not None and len(link.href) > LONGEST for link in links),
    )


def _brief_file(client: Client, entry: ClientEntry, full: ClientEntry | None) -> RecipeFile | None:
    file = _file(client, entry, full)
    return replace(file, pieces=()) if file and file.pieces else file


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


def _why_not(client: Client, entry: ClientEntry) -> str:
    """Return why a client's configuration cannot hold this launch; "" if it can."""
    if entry.transport == STDIO or entry.transport in client.dialect.urls:
        return ""
    if client.dialect.urls:
        return NO_SSE.format(client.title)
    if entry.plan.values[1:]:
        return NO_HEADERS.format(client.title)
    return PUBLIC_ONLY.format(client.title)
