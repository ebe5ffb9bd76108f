"""A server's reach in plain words: one paragraph for each way to run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.install.web import package_page
from builder.model.package_types import PACKAGE_TYPES
from builder.model.wording import counted
from builder.pages.html.reach import Reach, RunPackage, host_of, reach, run_package
from builder.pages.html.text import clean, objects

WAYS_SHOWN, NAMES_SHOWN = 8, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachLine:
    """One sentence: what comes before the name, the name with its address ("" for none), the rest.

    A line that asks for attention has `is_warning`.
    """

    before: str
    name: str = ""
    href: str = ""
    after: str = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayReach:
    """One way to run a server, with its sentences."""

    title: str
    lines: tuple[ReachLine, ...]
    is_remote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReach:
    """All ways that a page has room for; `hidden` counts the others, "" if there is none."""

    ways: Sequence[WayReach]
    hidden: str


def shown_reach(content: Mapping[str, Any], reached: Reach) -> ShownReach:
    """Write what a document's packages run and what its remotes are, each for itself; `reached` is of all of it."""
    packages = [("packages", package) for package in objects(content.get("packages"))]
    remotes = [("remotes", remote) for remote in objects(content.get("remotes"))]
    items = (*packages, *remotes)
    # Most documents have one way: its reach is that of the document.
    reaches = [reached] if len(items) == 1 else [reach({key: [item]}) for key, item in items]
    # Two transports of one host are told alike, once.
    ways = tuple(dict.fromkeys(map(_way, items, reaches)))
    hidden = len(ways) - WAYS_SHOWN
    return ShownReach(
        ways=ways[:WAYS_SHOWN],
        hidden=counted(hidden, "more way") if hidden > 0 else "",
    )


def _way(way: tuple[str, Mapping[str, Any]], reached: Reach) -> WayReach:
    key, item = way
    if key == "remotes":
        lines = (*_remote(item, reached), *_asks(reached))
        return WayReach(title="Over the network", lines=lines, is_remote=True)
    lines = (*_package(item, reached), *_asks(reached))
    return WayReach(title="On your machine", lines=lines, is_remote=False)


def _package(item: Mapping[str, Any], reached: Reach) -> Iterator[ReachLine]:
    package = run_package(item)
    page = package_page(item)
    version = next(iter(reached.packages.values()), "")
    yield ReachLine(
        before=f"Starts the {_kind(package)}",
        name=package.name,
        href=page.href if page else "",
        after=f"{_version(package, version)}, {_origin(package)}, with your rights.",
    )
    if reached.hosts:
        yield _hosts("Serves or talks to", reached)
    if reached.options:
        # All of them: whoever has something to hide would write it behind the others.
        yield ReachLine(before="Starts it with the options", name=", ".join(reached.options))


def _kind(package: RunPackage) -> str:
    record = PACKAGE_TYPES.get(package.kind)
    return record.title.replace("Container", "container") if record else package.kind or "package"


def _version(package: RunPackage, version: str) -> str:
    if not version:
        return ", whichever version is the newest"
    return " of one exact content" if package.kind == "mcpb" else f" {version}"


def _origin(package: RunPackage) -> str:
    if package.source:
        return f"from {package.source}"
    if package.kind == "oci":
        host = package.name.partition("/")[0]
        return f"from {host if '.' in host else 'Docker Hub'}, in a container"
    record = PACKAGE_TYPES.get(package.kind)
    return f"from the public registry {record.registry}" if record and record.registry else ""


def _remote(item: Mapping[str, Any], reached: Reach) -> Iterator[ReachLine]:
    if host_of(clean(item.get("url"))):
        yield _hosts("Your client talks to", reached, "; nothing is started on your machine.")
    else:
        yield ReachLine(before="Your client talks to an address that you fill in.")


def _hosts(before: str, reached: Reach, after: str = ".") -> ReachLine:
    names = ", ".join(reached.hosts[:NAMES_SHOWN])
    if reached.plain_hosts:
        after = f", without encryption{after}"
    return ReachLine(before=before, name=names, after=after, is_warning=bool(reached.plain_hosts))


def _asks(reached: Reach) -> Iterator[ReachLine]:
    if not reached.secrets:
        yield ReachLine(before="Asks for no secret.")
    else:
        more = len(reached.secrets) - NAMES_SHOWN
        names = ", ".join(reached.secrets[:NAMES_SHOWN])
        yield ReachLine(
            before=f"Asks for {counted(len(reached.secrets), 'secret')}:",
            name=names,
            after=f" and {more} more." if more > 0 else "",
        )
