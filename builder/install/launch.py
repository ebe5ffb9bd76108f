"""Document -> Panel: each package and remote, for each client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.install import inputs, plan
from builder.install.clients import CLIENTS, Client
from builder.install.command import line, started
from builder.install.entry import Dialect, written
from builder.install.field import record, records, text
from builder.install.plan import HTTP, REMOTE, SSE, Local, Reading
from builder.install.recipe import UNREADABLE, Plans, bundle, expands, recipes
from builder.install.shape import ClientName, Command, Launch, Need, Panel
from builder.install.web import https_link, package_page, repository_link
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.model.server_json import Document

_TRANSPORTS = {HTTP: "streamable HTTP", SSE: "SSE"}
_NAMES = tuple(ClientName(id=client.id, title=client.title) for client in CLIENTS)
_NOT_A_REMOTE = "The address or the transport of this remote is not one that clients can use."
_EXPANDS = (
    "A value contains ${...}, which your client may replace with something from your machine. "
    "Read it before you install."
)
_UNPINNED = "The entry names no exact version, so what runs may change from day to day."
_PYPI_BASE = (
    "VS Code's own gallery may fail on this package: the entry names public PyPI as its "
    "registryBaseUrl, and VS Code takes that for a package index. The link here leaves it out."
)


def panel(name: str, document: Document) -> Panel:
    """Make the install panel of one version from its server.json and the server's name.

    `document` may be any JSON object; what cannot be used is left out or explained in notes.
    """
    return Panel(
        name=name,
        clients=_NAMES,
        launches=launches(name, document, CLIENTS),
        repository=repository_link(document),
        website=https_link(text(document, "websiteUrl"), "Website"),
    )


def launches(name: str, document: Document, clients: Sequence[Client] = ()) -> tuple[Launch, ...]:
    """Make the launches alone, with recipes for `clients`: they are most of a panel's work."""
    packages, remotes = records(document, "packages"), records(document, "remotes")
    return (
        *(_package(name, document, one, n, clients) for n, one in enumerate(packages, 1)),
        *(_remote(name, document, one, n, clients) for n, one in enumerate(remotes, 1)),
    )


def _package(
    name: str, document: Document, package: Document, number: int, clients: Sequence[Client]
) -> Launch:
    kind = text(package, "registryType")
    known = PACKAGE_TYPES.get(kind)
    transport = plan.transport_type(package)
    served = transport in REMOTE
    programs = plan.local(package)
    plans = _served(package) if served else programs
    found = (
        tuple(bundle(client, package) for client in clients)
        if kind == "mcpb"
        else recipes(name, document, plans, _package_notes(package), clients)
    )
    return Launch(
        id=f"package-{number}",
        kind="package",
        type=kind,
        title=_title(known.title if known else kind or "Package", transport),
        target=text(package, "identifier"),
        version=text(package, "version"),
        transport=transport,
        sha256=text(package, "fileSha256"),
        web=package_page(package),
        before=_before(package, programs[Reading.PLAIN], served=served),
        needs=_package_needs(package),
        recipes=found,
        notes=(*_notes(plans, UNREADABLE if kind != "mcpb" else ""), *_pin_notes(package)),
    )


def _remote(
    name: str, document: Document, remote: Document, number: int, clients: Sequence[Client]
) -> Launch:
    plans = plan.remote(remote, {})
    transport = text(remote, "type")
    return Launch(
        id=f"remote-{number}",
        kind="remote",
        type=transport,
        title=_title("Remote", transport),
        target=text(remote, "url"),
        transport=transport,
        needs=(*_url_needs(remote), *inputs.needs(remote, "headers", "header")),
        recipes=recipes(name, document, plans, {}, clients),
        notes=tuple(_notes(plans, _NOT_A_REMOTE)),
    )


def _title(what: str, transport: str) -> str:
    """Name a launch: one package is often offered over several transports."""
    return f"{what}, {_TRANSPORTS[transport]}" if transport in _TRANSPORTS else what


def _served(package: Document) -> Plans:
    return plan.remote(record(package, "transport"), inputs.by_name(package))


def _before(package: Document, program: Local | None, *, served: bool) -> Command | None:
    if program is None:
        return None
    if served:
        words = started(program.command, written(program, Dialect()))
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
        *_served_needs(package, transport),
        *inputs.needs(transport, "headers", "header"),
    )


def _url_needs(transport: Document) -> tuple[Need, ...]:
    address = {"value": text(transport, "url"), "variables": record(transport, "variables")}
    return tuple(inputs.variable_needs(address, "url"))


def _served_needs(package: Document, transport: Document) -> tuple[Need, ...]:
    """Those of its address that the package does not name among its own inputs."""
    found = _url_needs(transport)
    known = inputs.by_name(package) if found else {}
    return tuple(need for need in found if need.name not in known)


def _notes(plans: Plans, unusable: str) -> Iterator[str]:
    known = plans[Reading.PROMPTED]
    if known is None:
        yield from (unusable,) if unusable else ()
    elif any(expands(value) for value in known.values):
        yield _EXPANDS


def _pin_notes(package: Document) -> tuple[str, ...]:
    return () if plan.is_pinned(package) else (_UNPINNED,)


def _package_notes(package: Document) -> dict[str, str]:
    base = text(package, "registryBaseUrl").rstrip("/")
    # The public registry's own address is no package index: as --index-url the install fails
    # (https://github.com/microsoft/vscode/issues/294659).
    if text(package, "registryType") == "pypi" and is_public_registry("pypi", base):
        return {"vs-code": _PYPI_BASE}
    return {}
