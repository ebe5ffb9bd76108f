"""A server's page as Markdown: the same facts for an agent that reads text.

Publishers' words are escaped, so that they stay words: no link, heading, HTML or fence of theirs
becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from builder.catalogue.server import Server, Version
from builder.install import Launch, Need, Recipe
from builder.model.config import Config
from builder.pages.html.links import links
from builder.pages.html.panel import own_links, panel
from builder.pages.html.proof import ShownProof
from builder.pages.html.row import ServerRow
from builder.pages.html.text import clean, date
from builder.pages.html.title import shown_title
from builder.pages.html.word import marks

LAUNCHES = 8
VERSIONS = 10
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&-])")
_BREAKS = re.compile(r"\s+")


def server_markdown(server: Server, version: Version, proof: ShownProof, config: Config) -> str:
    """Write a server's latest version as Markdown (CommonMark)."""
    content = version.content()
    made = panel(version)
    where = links(server.name, "latest", config)
    lines = [
        f"# {escape(shown_title(server.name, content))}",
        "",
        escape(clean(content.get("description"))),
        "",
        f"- Name: {code(server.name)}",
        f"- Version: {code(version.version)}, published {date(version.published)}",
        f"- Status: {version.status.value}{_message(version)}",
        f"- Publisher: {escape(proof.publisher)}. {escape(proof.short)}. "
        f"{escape(f'{proof.sentence} {proof.lately}')}",
        f"- JSON: <{where.api}>",
        *(f"- {name}: <{link.href}>" for name, link in own_links(made)),
        *_registry_word(version),
    ]
    for launch in made.launches[:LAUNCHES]:
        lines += ["", *_launch(launch)]
    lines += ["", "## Versions", ""]
    lines += [
        f"- {code(shown.version)} {date(shown.published)} {shown.status.value}"
        for shown in server.visible[:VERSIONS]
    ]
    return "\n".join(lines) + "\n"


def _registry_word(version: Version) -> Iterator[str]:
    word = version.registry_word()
    if word:
        words = [*marks(word), clean(word.get("summary"))]
        yield f"- This registry says: {escape('. '.join(filter(None, words)) or 'see its page')}"
    if new := word.get("renamedTo"):
        yield f"- Renamed: this server is now {code(new)}"
    if replacement := word.get("replacedBy"):
        yield f"- This registry says to use instead: {code(replacement)}"


def line(row: ServerRow, config: Config) -> str:
    """Write a server as a line of llms.txt: a link to its page, as Markdown if it has one, and its description."""
    address = f"{config.base_url}/{row.url}{'' if config.pages.lean else 'index.md'}"
    return f"- [{escape(row.name)}]({address}): {escape(row.description)}"


def escape(text: str) -> str:
    """Make one line of plain text safe in Markdown."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", text).strip())


def code(text: str) -> str:
    """Write text as inline code that it cannot end."""
    plain = _BREAKS.sub(" ", clean(text)).strip()
    marks = "`" * (_longest(plain) + 1)
    return f"{marks} {plain} {marks}" if "`" in plain else f"{marks}{plain}{marks}"


def fence(text: str, language: str) -> list[str]:
    """Write text as a block of code that it cannot end."""
    marks = "`" * max(3, _longest(text) + 1)
    return [f"{marks}{language}", clean(text), marks]


def _longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0) if "`" in text else 0


def _message(version: Version) -> str:
    return f": {escape(clean(version.status_message))}" if version.status_message else ""


def _launch(launch: Launch) -> Iterator[str]:
    yield f"## {escape(launch.title)}"
    yield ""
    yield (
        f"{code(launch.target)} {code(launch.transport)}"
        if launch.transport
        else code(launch.target)
    )
    if launch.needs:
        yield ""
        yield from map(_need, launch.needs)
    if launch.reason:
        yield from ("", escape(launch.reason))
    for recipe in launch.recipes:
        if recipe.command is not None:
            yield from ("", f"{recipe.title}:", "", *fence(recipe.command.text, "sh"))
    yield from _files(launch.recipes)


def _need(need: Need) -> str:
    marks = [
        need.kind,
        *(word for word, holds in (("required", need.required), ("secret", need.secret)) if holds),
    ]
    default = f" Default {code(need.default)}." if need.default else ""
    return (
        f"- {code(need.name)} ({', '.join(map(escape, marks))}) {escape(need.description)}{default}"
    )


def _files(recipes: Iterable[Recipe]) -> Iterator[str]:
    """Write the files of all clients; those that want the same text share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for recipe in recipes:
        if recipe.file is not None:
            paths = ", ".join(code(place.path) for place in recipe.file.places)
            client = f"{recipe.title} ({paths})" if paths else recipe.title
            shared.setdefault((recipe.file.text, recipe.file.language), []).append(client)
    for (text, language), clients in shared.items():
        yield from ("", f"{'; '.join(clients)}:", "", *fence(text, language))
