"""Document -> Panel: each package and remote, for each client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.install import inputs, launch_json, plan
from builder.install.about import described
from builder.install.bundle import NO_BUNDLE, bundle_link, bundle_recipes
from builder.install.client import Client
from builder.install.clients import CLIENTS
from builder.install.command import by_hand, line
from builder.install.entry import Dialect, written
from builder.install.field import record, records, text
from builder.install.needs import needs, variable_needs
from builder.install.plan import HTTP, REMOTE, SSE, Local, Plans, Remote
from builder.install.recipe import recipes
from builder.install.reference import FORMS
from builder.install.shape import ClientName, Command, Launch, Need, Panel
from builder.install.switches import switches
from builder.install.value import render
from builder.install.views import expands
from builder.install.web import https_link, is_reserved, package_page, repository_link
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.model.server_json import Document

_TRANSPORTS = {HTTP: "streamable HTTP", SSE: "SSE, the old transport"}
_NAMES = tuple(ClientName(id=client.id, title=client.title) for client in CLIENTS)
_EXPANDS = (
    "A value contains {}, which your client may replace with something from your machine. "
    "Read it before you install."
)
_UNPINNED = "The entry names no exact version, so what runs may change from day to day."
_RESERVED = "The address is one that is reserved for examples: nothing answers there."
_SCHEME = (
    "The entry does not say how the value of {} begins: mostly it is the word Bearer, a space and "
    "the token."
)
_PYPI_BASE = (
    "VS Code's own gallery may fail on this package: the entry names public PyPI as its "
    "registryBaseUrl, and VS Code takes that for a package index. The link here leaves it out."
)


def panel(
    name: str,
    document: Document,
    clients: Sequence[Client] = CLIENTS,
    brief: Sequence[Client] = (),
) -> Panel:
    """Make the install panel of one version from its server.json and the server's name.

    `document` may be any JSON object; what cannot be used is left out or explained in notes. There are
    recipes for `clients` alone, the first ones of all, and for `brief`, the next ones, with what is
    shown without switches.
    """
    title, description = described(name, document)
    return Panel(
        name=name,
        title=title,
        description=description,
        clients=_NAMES[: len(clients) + len(brief)],
        launches=launches(name, document, clients, brief),
        repository=repository_link(document),
        website=https_link(text(document, "websiteUrl"), "Website"),
    )


def launches(
    name: str, document: Document, clients: Sequence[Client] = (), brief: Sequence[Client] = ()
) -> tuple[Launch, ...]:
    """Make the launches alone, with recipes for `clients` and `brief`: they are most of a panel's work.

    Packages come first; of several ways, SSE is the last: the protocol has dropped it.
    """
    packages, remotes = records(document, "packages"), records(document, "remotes")
    ways = (
        *(_package(name, document, item, n, clients, brief) for n, item in enumerate(packages, 1)),
        *(_remote(name, document, item, n, clients, brief) for n, item in enumerate(remotes, 1)),
    )
    return tuple(sorted(ways, key=lambda way: (way.kind, way.transport == SSE)))


def _package(
    name: str,
    document: Document,
    package: Document,
    number: int,
    clients: Sequence[Client],
    brief: Sequence[Client],
) -> Launch:
    kind = text(package, "registryType")
    known = PACKAGE_TYPES.get(kind)
    transport = plan.transport_type(package)
    programs = Plans() if kind == "mcpb" else plan.local(package)
    plans = _served(package, programs) if transport in REMOTE else programs
    if kind == "mcpb":
        made = bundle_recipes(package, (*clients, *brief))
        reason = "" if bundle_link(package) else NO_BUNDLE
        json = launch_json.bundle_json(package)
    else:
        made = recipes(name, document, plans, _package_notes(package), clients, brief)
        json = launch_json.launch_json(plans, _package_notes(package))
        reason = plans.reason
    return Launch(
        id=f"package-{number}",
        kind="package",
        type=kind,
        title=_title(known.title if known else kind or "Package", transport),
        target=text(package, "identifier"),
        version=text(package, "version"),
        transport=transport,
        sha256=text(package, "fileSha256"),
        reason=reason,
        web=package_page(package),
        before=_before(name, package, programs, served=transport in REMOTE),
        needs=_package_needs(package),
        switches=switches(plans),
        recipes=made,
        json=json if clients else {},
        notes=(*_notes(plans, reason), *_pin_notes(package, reason)),
    )


def _remote(
    name: str,
    document: Document,
    remote: Document,
    number: int,
    clients: Sequence[Client],
    brief: Sequence[Client],
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
        reason=plans.reason,
        needs=(*_url_needs(remote), *needs(remote, "headers", "header")),
        switches=switches(plans),
        recipes=recipes(name, document, plans, {}, clients, brief),
        json=launch_json.launch_json(plans, {}) if clients else {},
        notes=tuple(_notes(plans, plans.reason)),
    )


def _title(what: str, transport: str) -> str:
    """Name a launch: one package is often offered over several transports."""
    return f"{what}, {_TRANSPORTS[transport]}" if transport in _TRANSPORTS else what


def _served(package: Document, programs: Plans) -> Plans:
    """Return the address that a package serves, if the package can be started at all."""
    if not programs.by_reading:
        return programs
    return plan.remote(record(package, "transport"), inputs.by_name(package))


def _before(name: str, package: Document, programs: Plans, *, served: bool) -> Command | None:
    program = programs.plain
    if not isinstance(program, Local):
        return None
    if served:
        base = program.base
        shown = written(base, Dialect(), name)
        return by_hand(base.command, shown, "Start the server yourself and leave it running.")
    install = plan.install(package)
    return line(install, note="Install the program once.") if install else None


def _package_needs(package: Document) -> tuple[Need, ...]:
    transport = record(package, "transport")
    return (
        *needs(package, "environmentVariables", "variable"),
        *needs(package, "runtimeArguments", "argument"),
        *needs(package, "packageArguments", "argument"),
        *_served_needs(package, transport),
        *needs(transport, "headers", "header"),
    )


def _url_needs(transport: Document) -> tuple[Need, ...]:
    address = {"value": text(transport, "url"), "variables": record(transport, "variables")}
    return tuple(variable_needs(address, "url"))


def _served_needs(package: Document, transport: Document) -> tuple[Need, ...]:
    """Return those of its address that the package does not name among its own inputs."""
    asked = _url_needs(transport)
    known = inputs.by_name(package) if asked else {}
    return tuple(need for need in asked if need.name not in known)


def _notes(plans: Plans, reason: str) -> Iterator[str]:
    if reason:
        yield reason
    chosen = plans.plain
    if chosen is None:
        return
    forms = dict.fromkeys(filter(None, map(expands, chosen.values)))
    yield from map(_EXPANDS.format, forms)
    if isinstance(chosen, Remote):
        if is_reserved(render(chosen.url, lambda asked: asked.default or "1")):
            yield _RESERVED
        yield from (_SCHEME.format(h.name) for h in chosen.headers if inputs.lacks_scheme(h))


def _pin_notes(package: Document, reason: str) -> tuple[str, ...]:
    return (_UNPINNED,) if not reason and not _is_pinned(package) else ()


def _is_pinned(package: Document) -> bool:
    """Return whether the entry says exactly what runs: a version, a tag or a file's hash."""
    kind = text(package, "registryType")
    if kind == "mcpb":
        return bool(text(package, "fileSha256"))
    if kind != "oci":
        return True
    image = FORMS[kind].read(text(package, "identifier"))
    tag = (image.version if image else "") or text(package, "version")
    return tag not in ("", "latest")


def _package_notes(package: Document) -> dict[str, str]:
    base = text(package, "registryBaseUrl").rstrip("/")
    # The public registry's address is not where pip looks for files: as --index-url the install fails
    # (https://github.com/microsoft/vscode/issues/294659).
    if text(package, "registryType") == "pypi" and is_public_registry("pypi", base):
        return {"vs-code": _PYPI_BASE}
    return {}
