"""A server as a line in a list: home, browsing, namespaces and feeds show the same few facts."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from builder.catalogue import fingerprint
from builder.catalogue.by_server import changed_by_server, each_run, renewed
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.server import Server, Version
from builder.model.package_types import PACKAGE_TYPES
from builder.model.sidecars import Status
from builder.pages import address
from builder.pages.html.text import clean, date, objects
from builder.pages.html.title import shown_title
from builder.pages.html.word import marks
from builder.pages.prior import caution
from builder.topics.rules import topics_of
from builder.topics.table import title as topic_title
from builder.topics.texts import texts_of

_ROW = "row"
HUES = 12
TOOLS = 20
KIND_TITLES: Mapping[str, str] = {
    **{kind: record.label for kind, record in PACKAGE_TYPES.items()},
    "remote": "Remote",
}


class ServerRow(NamedTuple):
    """What a list says of a server; texts are clean, times are nanoseconds since 1970.

    `key` is the hash of the server, and stands for all the rest. `marks` and `tags` are what the
    registry itself says of it, and so is the title where it gives one. `kinds` are its package types, and
    "remote"; `topics` come with their points. `first` is when its first version appeared, `published`
    when its last one did, `changed` when a version last appeared or
    changed its status: for a mirrored server that is upstream's time, so that the day of our own
    copy does not make everything look new. `tools` are names of some that a probe
    found. `caution` says what an entry is that is no server to use yet. `icon` is the path of
    a picture below the root, "" if there is none. `stars` are those of its `repository`, as
    the forge said on the day `starred`; 0 and "" if nobody asked. `proved`, `failing` and `trouble`
    are what asking again for the namespace's proof has found out.
    """

    key: str
    name: str
    namespace: str
    label: str
    title: str
    description: str
    version: str
    kinds: Sequence[str]
    topics: Sequence[tuple[str, int]]
    deprecated: bool
    first: int
    published: int
    changed: int
    url: str
    letter: str
    hue: int
    source: str
    caution: str
    marks: Sequence[str] = ()
    tags: Sequence[str] = ()
    tools: Sequence[str] = ()
    icon: str = ""
    stars: int = 0
    starred: str = ""
    repository: str = ""
    proved: str = ""
    failing: str = ""
    trouble: str = ""

    @property
    def day(self) -> str:
        """The day of `changed`."""
        return date(self.changed)

    @property
    def topic_titles(self) -> tuple[str, ...]:
        """The topics as people read them."""
        return tuple(topic_title(slug) for slug, _ in self.topics)

    @property
    def badges(self) -> tuple[str, ...]:
        """The kinds as people read them."""
        return tuple(kind_title(kind) for kind in self.kinds)


def rows(catalogue: Catalogue) -> tuple[ServerRow, ...]:
    """Return the row of every server that has a latest version to show, by name."""
    return catalogue.derived(_shown)


def _shown(catalogue: Catalogue) -> tuple[ServerRow, ...]:
    return tuple(row for row in catalogue.derived(rows_by_server).values() if row is not None)


def _rows(catalogue: Catalogue) -> dict[str, ServerRow | None]:
    hashes = catalogue.derived(fingerprint.servers)
    known: dict[Any, Any] = {}
    return {
        name: _row(hashes[name], value, known)
        for values in each_run(catalogue, _ROW, _values)
        for name, value in values.items()
    }


def _renewed_rows(
    last: dict[str, ServerRow | None], catalogue: Catalogue, changed: frozenset[str]
) -> dict[str, ServerRow | None]:
    hashes = catalogue.derived(fingerprint.servers)
    found = changed_by_server(catalogue, _ROW, _values)
    return renewed(
        last, changed, {name: _row(hashes[name], value, {}) for name, value in found.items()}
    )


rows_by_server = Renewable(_rows, _renewed_rows)
"""Every server's row by its name, None for one that is not shown; `catalogue.derived` makes it once."""


def _row(key: str, values: Sequence[Any] | None, known: dict[Any, Any]) -> ServerRow | None:
    """Make a row of its values; `known` is what earlier rows have, of which equal parts are taken."""
    if not values:
        return None
    own = list(values)
    for column, hashable in _SHARED:
        value = hashable(own[column])
        own[column] = known.setdefault(value, value)
    return ServerRow(key, *own)


def _pairs(values: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(map(tuple, values))


_HASHABLE: Mapping[str, Callable[[Any], Any]] = {
    "namespace": str,
    "version": str,
    "kinds": tuple,
    "topics": _pairs,
    "source": str,
    "marks": tuple,
    "tags": tuple,
    "tools": tuple,
}
_SHARED = [(ServerRow._fields.index(field) - 1, hashable) for field, hashable in _HASHABLE.items()]
"""Columns, counted without the key, that many servers have alike, and what makes their values hashable.

Of 30,000 namespaces or lists of topics most stand there once.
"""


def _values(server: Server) -> Sequence[Any] | None:
    made = row(server, "")
    return made[1:] if made else None  # the key is known without looking


def row(server: Server, key: str) -> ServerRow | None:
    """Make the row of a server with this hash; None if all its versions are deleted."""
    latest = server.latest
    if latest is None:
        return None
    content = latest.content()
    name = clean(server.name)
    namespace, _, label = name.partition("/")
    word, known = latest.registry_word(), latest.known_facts()
    title = clean(word.get("title")).strip() or shown_title(server.name, content)
    return ServerRow(
        key=key,
        name=name,
        namespace=namespace,
        label=label,
        title=title,
        description=clean(content.get("description")).strip(),
        version=clean(latest.version),
        kinds=kinds(content),
        topics=topics_of(texts_of(name, content), word.get("categories", ())),
        deprecated=latest.status is Status.DEPRECATED,
        first=min(version.published for version in server.versions),
        published=max(version.published for version in server.visible),
        changed=changed(server.visible),
        url=address.server_url(server.name),
        letter=letter(title),
        hue=hue(namespace),
        source=latest.source,
        caution=caution(name, content),
        marks=[*marks(word)],
        tags=word.get("tags", []),
        tools=[clean(tool.name) for tool in known.tools[:TOOLS]],
        icon=known.icon.file if known.icon else "",
        stars=known.repository.stars if known.repository else 0,
        starred=known.repository.asked if known.repository else "",
        repository=clean(known.repository.source) if known.repository else "",
        **(known.proof.model_dump() if known.proof else {}),
    )


def changed(versions: tuple[Version, ...]) -> int:
    """Return when a version last appeared or changed its status."""
    return max(max(version.published, version.status_changed) for version in versions)


def kinds(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the package types of a document, in their order, and "remote" if it has remotes."""
    names = [clean(package.get("registryType")) for package in objects(content.get("packages"))]
    if any(objects(content.get("remotes"))):
        names.append("remote")
    return tuple(dict.fromkeys(filter(None, names)))


def kind_title(kind: str) -> str:
    """Write a package type, or "remote", as people know it."""
    return KIND_TITLES.get(kind, kind)


def hue(namespace: str) -> int:
    """Choose the colour of a namespace, 0 to 11: the same wherever it is shown."""
    return zlib.crc32(namespace.encode("utf-8", "replace")) % HUES


def letter(title: str) -> str:
    """Return the character in a server's tile: the first letter or digit of its title."""
    return next((character.upper()[:1] for character in title if character.isalnum()), "#")
