"""Document -> Panel: each package and remote, for each client."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.document import Document
from builder.install import inputs, plan
from builder.install.clients import CLIENTS, Client
from builder.install.command import line, started
from builder.install.entry import Entry
from builder.install.field import HIDDEN, record, records, text
from builder.install.inputs import Known, Value
from builder.install.plan import HTTP, REMOTE, SSE, STDIO, Local, Plan, Reading
from builder.install.shape import ClientName, Command, File, Launch, Need, Panel, Recipe
from builder.install.web import address, https_link, package_page, repository_link

_TITLES = {
    "npm": "npm package",
    "pypi": "Python package",
    "oci": "Container image",
    "nuget": ".NET package",
    "cargo": "Rust crate",
    "mcpb": "MCP bundle",
    HTTP: "Remote, streamable HTTP",
    SSE: "Remote, SSE",
}
_UNREADABLE = (
    "This entry names nothing that can be started safely; read its JSON before you use it."
)
_NOT_A_REMOTE = "The address or the transport of this remote is not one that clients can use."
_EXPANDS = (
    "A value contains ${...}, which your client may replace with something from your machine. "
    "Read it before you install."
)
_BUNDLES = "An .mcpb bundle is opened by Claude Desktop; this client cannot start it."
_PYPI_BASE = (
    "VS Code's own gallery may fail on this package: the entry names public PyPI as its "
    "registryBaseUrl, and VS Code takes that for a package index. The link here leaves it out."
)
Plans = dict[Reading, Plan | None]


def panel(name: str, document: Document) -> Panel:
    """Make the install panel of one version from its server.json and the server's name.

    `document` may be any JSON object; what cannot be used is left out or explained in notes.
    """
    packages, remotes = records(document, "packages"), records(document, "remotes")
    launches = [
        *(_package(name, document, one, n) for n, one in enumerate(packages, 1)),
        *(_remote(name, document, one, n) for n, one in enumerate(remotes, 1)),
    ]
    return Panel(
        name=name,
        clients=tuple(ClientName(id=client.id, title=client.title) for client in CLIENTS),
        launches=tuple(launches),
        repository=repository_link(document),
        website=https_link(text(document, "websiteUrl"), "Website"),
    )


def _package(name: str, document: Document, package: Document, number: int) -> Launch:
    kind = text(package, "registryType")
    transport = plan.transport_type(package)
    served = transport in REMOTE
    plans = _served(package) if served else _plans(package)
    program = plan.local(package, Reading.PLAIN)
    recipes = (
        tuple(_bundle(client, package) for client in CLIENTS)
        if kind == "mcpb"
        else _recipes(name, document, plans, _package_notes(package))
    )
    return Launch(
        id=f"package-{number}",
        kind="package",
        type=kind,
        title=_TITLES.get(kind, kind or "Package"),
        target=text(package, "identifier"),
        version=text(package, "version"),
        transport=transport,
        sha256=text(package, "fileSha256"),
        web=package_page(package),
        before=_before(package, program, served=served),
        needs=_package_needs(package),
        recipes=recipes,
        notes=tuple(_notes(plans, _UNREADABLE if kind != "mcpb" else "")),
    )


def _remote(name: str, document: Document, remote: Document, number: int) -> Launch:
    plans: Plans = {reading: plan.remote(remote, reading, {}) for reading in Reading}
    transport = text(remote, "type")
    return Launch(
        id=f"remote-{number}",
        kind="remote",
        type=transport,
        title=_TITLES.get(transport, "Remote"),
        target=text(remote, "url"),
        transport=transport,
        needs=(*_url_needs(remote, {}), *inputs.needs(remote, "headers", "header")),
        recipes=_recipes(name, document, plans, {}),
        notes=tuple(_notes(plans, _NOT_A_REMOTE)),
    )


def _plans(package: Document) -> Plans:
    return {reading: plan.local(package, reading) for reading in Reading}


def _served(package: Document) -> Plans:
    transport, known = record(package, "transport"), inputs.by_name(package)
    return {reading: plan.remote(transport, reading, known) for reading in Reading}


def _before(package: Document, program: Local | None, *, served: bool) -> Command | None:
    if program is None:
        return None
    if served:
        words = tuple(started(program))
        start = ("env", *words) if program.env else words
        return line(start, "Start the server yourself and leave it running.")
    install = plan.install(package)
    return line(install, "Install the program once.") if install else None


def _package_needs(package: Document) -> tuple[Need, ...]:
    transport = record(package, "transport")
    return (
        *inputs.needs(package, "environmentVariables", "variable"),
        *inputs.needs(package, "runtimeArguments", "argument"),
        *inputs.needs(package, "packageArguments", "argument"),
        *_url_needs(transport, inputs.by_name(package)),
        *inputs.needs(transport, "headers", "header"),
    )


def _url_needs(transport: Document, known: Known) -> Iterator[Need]:
    address = {"value": text(transport, "url"), "variables": transport.get("variables")}
    found = inputs.variable_needs({**address, "variables": record(transport, "variables")}, "url")
    return (need for need in found if need.name not in known)


def _notes(plans: Plans, unusable: str) -> Iterator[str]:
    known = plans[Reading.PROMPTED]
    if known is None:
        yield from (unusable,) if unusable else ()
    elif any(_expands(value) for value in known.values):
        yield _EXPANDS


def _expands(value: Value) -> bool:
    parts = (part if isinstance(part, str) else part.default for part in value)
    return any("${" in part for part in parts)


def _package_notes(package: Document) -> dict[str, str]:
    base = text(package, "registryBaseUrl").rstrip("/")
    if text(package, "registryType") == "pypi" and base in plan.RUNNERS["pypi"].base:
        return {"vs-code": _PYPI_BASE}
    return {}


def _recipes(
    name: str, document: Document, plans: Plans, notes: dict[str, str]
) -> tuple[Recipe, ...]:
    title = _line(text(document, "title")) or name.rpartition("/")[2] or name
    description = _line(text(document, "description"))
    found = []
    for client in CLIENTS:
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
    links = () if _unfit_for_link(entry) else tuple(make(entry) for make in client.links)
    usable = tuple(link for link in links if link is not None)
    if reason and not usable:
        return Recipe(client=client.id, title=client.title, notes=(reason,))
    variables = client.file.variables(entry) if client.file and not reason else ()
    needed = f"Set {' and '.join(variables)} in the environment that starts {client.title}."
    notes = (client.notes.get(entry.transport, ""), needed if variables else "", note)
    return Recipe(
        client=client.id,
        title=client.title,
        links=usable,
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
    if any(_expands(value) for value in entry.plan.values):
        return True
    if isinstance(entry.plan, Local) or entry.dialect.reading is Reading.PROMPTED:
        return False
    return any(one.secret or not one.default for one in inputs.inputs(entry.plan.url))


def _file(client: Client, entry: Entry) -> File | None:
    form = client.file
    if form is None:
        return None
    return File(places=client.places, language=form.language, text=form.write(entry))


def _bundle(client: Client, package: Document) -> Recipe:
    href = address(text(package, "identifier"), "https")
    if client.id != "claude-desktop":
        return Recipe(client=client.id, title=client.title, notes=(_BUNDLES,))
    link = https_link(href or "", "Download the bundle")
    note = "Open the downloaded file with Claude Desktop."
    return Recipe(
        client=client.id,
        title=client.title,
        links=(link,) if link else (),
        notes=(note,) if link else (_UNREADABLE,),
    )


def _line(value: str) -> str:
    return re.sub(r"\s+", " ", HIDDEN.sub(" ", value)).strip()
