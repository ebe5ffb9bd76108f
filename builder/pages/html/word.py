"""What the registry itself says of a server, for its page: always marked as the registry's own word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from builder.catalogue.server import Version
from builder.install import CLIENTS, Link
from builder.pages import address
from builder.pages.html.prose import prose
from builder.pages.html.text import clean
from builder.topics.table import title as topic_title

MARKS: Mapping[str, str] = {
    "recommended": "Recommended",
    "verified": "Verified",
    "approved": "Approved",
}
"""What the registry can say of a server in a word, by the key in its overlay."""
_CLIENT_TITLES = {client.id: client.title for client in CLIENTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryWord:
    """An overlay as a page shows it; texts are clean, `notes` is HTML, URLs lead from the root.

    `renamed_to` and `renamed_from` are what both names say of each other, not the operator.
    """

    marks: tuple[str, ...]
    summary: str
    notes: Markup
    facts: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, Link], ...]
    tags: tuple[Link, ...]
    advisories: tuple[Link, ...]
    replaced_by: Link | None
    renamed_to: Link | None
    renamed_from: tuple[Link, ...]
    published_title: str

    @property
    def is_spoken(self) -> bool:
        """Whether the operator says anything."""
        texts = (self.summary, self.notes, self.published_title, self.replaced_by)
        return any((*texts, self.marks, self.facts, self.links, self.tags))


def registry_word(version: Version, content: Mapping[str, Any]) -> RegistryWord | None:
    """Return what the registry says of a version; None if it says nothing."""
    if not version.overlay:
        return None
    word = version.registry_word()
    name = clean(word.get("replacedBy"))
    return RegistryWord(
        marks=marks(word),
        summary=clean(word.get("summary")),
        notes=prose(word.get("notes", "")),
        facts=tuple(_facts(word)),
        links=tuple(_links(word)),
        tags=tuple(_tags(word)),
        advisories=tuple(_advisories(word)),
        # A search, as this page cannot know whether there is such a server.
        replaced_by=Link(href=f"search/?q={quote(name, safe='')}", label=name) if name else None,
        renamed_to=_server(word["renamedTo"]) if word.get("renamedTo") else None,
        renamed_from=tuple(map(_server, word.get("renamedFrom", ()))),
        published_title=clean(content.get("title")).strip() if word.get("title") else "",
    )


def marks(word: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an overlay says in single words: recommended, verified, approved."""
    return tuple(MARKS[key] for key in MARKS if word.get(key))


def _server(name: str) -> Link:
    return Link(href=address.server_url(name), label=clean(name))


def _facts(word: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if word.get("granted"):
        yield "Namespace", "granted by this registry, without a public proof"
    approved = word.get("approved")
    if approved:
        yield "Approved by", f"{clean(approved['by'])}, {approved['at']}"
    for client, hint in word.get("clients", {}).items():
        yield _CLIENT_TITLES.get(client, client), clean(hint)


def _links(word: Mapping[str, Any]) -> Iterator[tuple[str, Link]]:
    if documentation := word.get("documentation"):
        yield "Documentation here", Link(href=documentation, label=_shown(documentation))
    if contact := word.get("contact"):
        href = contact if contact.startswith("https:") else f"mailto:{contact}"
        yield "Contact here", Link(href=href, label=_shown(contact))


def _advisories(word: Mapping[str, Any]) -> Iterator[Link]:
    for advisory in word.get("advisories", ()):
        words = (advisory["id"], clean(advisory.get("package")), clean(advisory.get("summary")))
        href = f"https://osv.dev/vulnerability/{quote(advisory['id'], safe='')}"
        yield Link(href=href, label=": ".join(filter(None, words)))


def _tags(word: Mapping[str, Any]) -> Iterator[Link]:
    for slug in word.get("categories", ()):
        yield Link(href=address.url(f"{address.topic_folder(slug)}/"), label=topic_title(slug))
    for tag in word.get("tags", ()):
        yield Link(href=f"search/?tag={quote(tag, safe='')}", label=tag)


def _shown(url: str) -> str:
    return clean(url).removeprefix("https://").rstrip("/")
