"""What a version changed, in the words of what it runs, reaches and asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.model.package_types import PACKAGE_TYPES
from builder.model.wording import counted
from builder.pages.html.diff import FieldChange
from builder.pages.html.reach import Reach, RunPackage

MOST = 12
_CHANGED_TEXTS = {"title": "title", "description": "description", "icons": "icon"}
_LINKS = {"websiteUrl": "website", "repository": "source code"}
_TOLD = ("packages", "remotes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachChange:
    """One change in a few words; `is_marked` where it widens what the server can do to a reader."""

    text: str
    is_marked: bool = False


def reach_changes(
    before: Reach, now: Reach, fields: Callable[[Collection[str]], Sequence[FieldChange]]
) -> tuple[ReachChange, ...]:
    """Tell what differs, what matters most first; never empty.

    `fields` gives the differences of the two documents but for some fields: what is not told by
    reach is counted.
    """
    marked = [*_packages(before, now), *_names(before, now)]
    marked.sort(key=lambda change: not change.is_marked)
    made = [*marked, *_others(fields(_TOLD if marked else ()))]
    return tuple(made[:MOST]) or (ReachChange(text="Nothing but the version number"),)


def _packages(before: Reach, now: Reach) -> Iterator[ReachChange]:
    for package, version in now.packages.items():
        if package not in before.packages:
            word = "Other" if before.packages else "New"
            yield ReachChange(text=f"{word} package: {package_text(package)}", is_marked=True)
        elif (old := before.packages[package]) != version:
            shown = "another file" if package.kind == "mcpb" else f"{old or '?'} → {version or '?'}"
            is_only = len(now.packages) == 1
            text = _kind(package) if is_only else package_text(package)
            yield ReachChange(text=f"{text} {shown}")
    for package in before.packages:
        if package not in now.packages:
            yield ReachChange(text=f"No longer: {package_text(package)}")


def _names(before: Reach, now: Reach) -> Iterator[ReachChange]:
    kinds = (
        ("host", before.hosts, now.hosts),
        ("unencrypted host", before.plain_hosts, now.plain_hosts),
        ("secret", before.secrets, now.secrets),
        ("option", before.options, now.options),
    )
    for noun, old, new in kinds:
        yield from (
            ReachChange(text=f"New {noun}: {name}", is_marked=True)
            for name in new
            if name not in old
        )
        yield from (ReachChange(text=f"No longer: {noun} {n}") for n in old if n not in new)
    for name in now.settings:
        if name not in before.settings:
            yield ReachChange(text=f"Now required: {name}")


def _others(fields: Sequence[FieldChange]) -> Iterator[ReachChange]:
    rest = 0
    tops = dict.fromkeys(field.where.partition(" › ")[0] for field in fields)
    for top in tops:
        if top in _CHANGED_TEXTS:
            yield ReachChange(text=f"Other {_CHANGED_TEXTS[top]}")
        elif top in _LINKS:
            yield from _link(top, fields)
        elif top not in _TOLD:
            rest += 1
        else:
            yield ReachChange(text=f"Details of its {top}")
    if rest:
        yield ReachChange(text=counted(rest, "other field"))


def _link(top: str, fields: Sequence[FieldChange]) -> Iterator[ReachChange]:
    """A link to another host, or to other source code, leads readers to somebody else."""
    url = next((f for f in fields if f.where in (top, f"{top} › url")), None)
    if url is None:
        return
    moved = url.kind == "changed" and _place(top, url.before) != _place(top, url.after)
    verb = {"added": "New", "removed": "No longer:", "changed": "Other"}[url.kind]
    yield ReachChange(text=f"{verb} {_LINKS[top]}", is_marked=moved)


def _place(top: str, url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = "/".join(parts.path.removesuffix(".git").split("/")[:3]) if top == "repository" else ""
    return f"{parts.netloc}{path}".lower()


def package_text(package: RunPackage) -> str:
    """Write a package as a person would: `npm @acme/weather`."""
    origin = f" from {package.source}" if package.source else ""
    return f"{_kind(package)} {package.name}{origin}"


def _kind(package: RunPackage) -> str:
    record = PACKAGE_TYPES.get(package.kind)
    return record.label if record else package.kind
