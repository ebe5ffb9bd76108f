"""What real registries are made of: the words, bodies and sizes of this repository's servers/.

The generator draws from here, so that what is measured has the vocabulary, the file sizes and
the odd corners (long lists of arguments, no packages, many remotes) of the official registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from builder.check.engine import check_document
from builder.model.finding import Finding, has_errors
from builder.model.layout import SERVERS, UPSTREAM_FILE, entry_path

Entry = dict[str, Any]
_WORD = re.compile(r"[A-Za-z0-9]+")
ONE_SOURCE = 0.05
"""Servers that name the repository and the packages of another: 69 of 1,055 do."""
CHANGED_PACKAGE, CHANGED_DESCRIPTION = 0.3, 0.065
"""Of 1,573 next versions of the official registry's servers, 1,042 differ from the one before in
nothing but the version, and 102 in their description."""
_DESCRIPTION_LIMIT = 100  # of the official schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Real material: bodies of entries, words of names, whole namespaces, halves of sentences.

    `sound` are the bodies that the gate would let in today; a mirror has the others as well.
    """

    bodies: tuple[Entry, ...]
    sound: tuple[Entry, ...]
    namespaces: tuple[str, ...]
    words: tuple[str, ...]
    descriptions: tuple[tuple[str, ...], ...]

    def namespace(self, random: Random) -> str:
        """A new namespace: mostly `io.github.<account>`, as in the official registry."""
        head, _, last = random.choice(self.namespaces).rpartition(".")
        return f"{head}.{random.choice(self.words)}-{last}{random.randrange(1000)}"

    def name(self, random: Random) -> str:
        """The part of a server's name after the slash."""
        return "-".join(random.sample(self.words, 2)) + "-mcp"

    def entry(self, random: Random, name: str, version: str, *, mirrored: bool) -> Entry:
        """The server.json of a server's first version: a real one under another name, otherwise described."""
        body = random.choice(self.bodies if mirrored else self.sound)
        entry: Entry = json.loads(json.dumps(body))
        description = self._description(random)
        slug = name.partition("/")[2]
        if random.random() > ONE_SOURCE:
            _move(entry, slug)
        for remote in entry.get("remotes", ()):
            # A remote belongs to one server: the official registry refuses it twice.
            remote["url"] = remote["url"].replace("://", f"://{slug}.", 1)
        return entry | {"name": name, "version": version, "description": description}

    def next_entry(self, random: Random, last: Entry, version: str) -> Entry:
        """The server.json of a server's next version: mostly the last one under another version."""
        entry: Entry = json.loads(json.dumps(last)) | {"version": version}
        changed = random.random() < CHANGED_PACKAGE
        for package in entry.get("packages", ()):
            if "version" in package:
                package["version"] = version
            if changed:
                name = f"OPTION_{random.choice(self.words).upper()}"
                package.setdefault("environmentVariables", []).append({"name": name})
        if random.random() < CHANGED_DESCRIPTION:
            entry["description"] = self._description(random)
        return entry

    def _description(self, random: Random) -> str:
        """The first half of one server's description and the second of another's."""
        first, second = random.choice(self.descriptions), random.choice(self.descriptions)
        words = [*first[: len(first) // 2], *second[len(second) // 2 :]]
        while len(" ".join(words)) > _DESCRIPTION_LIMIT:
            words.pop()
        return " ".join(words) or "-"


def _move(entry: Entry, slug: str) -> None:
    """Give a server a repository and packages of its own: search takes those that share them for one."""
    place = entry.get("repository") or {}
    if place.get("url"):
        place["url"] = f"{place['url'].rpartition('/')[0]}/{slug}"
    for package in entry.get("packages", ()):
        if package["registryType"] in ("npm", "pypi", "nuget"):
            package["identifier"] = f"{package['identifier']}-{slug}"


def read(root: Path) -> Model:
    """Read the material from the working tree of a registry repository."""
    bodies = list(_bodies(root / SERVERS))
    sound = [body for body in bodies if not has_errors(_findings(body))]
    names = [str(body["name"]).partition("/") for body in bodies]
    return Model(
        bodies=tuple(bodies),
        sound=tuple(sound),
        namespaces=tuple(sorted({namespace for namespace, _, _ in names})),
        words=tuple(sorted({word.lower() for *_, name in names for word in _WORD.findall(name)})),
        descriptions=tuple(tuple(str(body["description"]).split()) for body in bodies),
    )


def _findings(body: Entry) -> list[Finding]:
    path = entry_path(str(body["name"]), str(body["version"]))
    return check_document(json.dumps(body, indent=2).encode(), path)


def _bodies(servers: Path) -> Iterator[Entry]:
    for path in sorted(servers.glob("*/*/*.json")):
        if path.name != UPSTREAM_FILE and path.is_file():
            yield json.loads(path.read_bytes())
