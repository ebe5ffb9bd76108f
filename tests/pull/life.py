"""The life of a registry, played in memory: commits of files, replayed as the builder does.

`lives` is the Hypothesis strategy: months of publications, status changes, deletions, removals
by moderation, imports by a mirror and bulk imports.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.change_log import Log
from builder.catalogue.server import ChangeKind, Event
from builder.git import records
from builder.history import replay
from builder.history.state import State
from builder.model import timestamp
from builder.model.config import Config, parse
from builder.model.layout import entry_path, server_path
from tests.registry import CONFIG as CONFIG_TEXT
from tests.registry import START, entry

Truth = dict[tuple[str, str], bytes]
Step = Callable[["Life"], None]

CONFIG: Config = parse(CONFIG_TEXT.encode())
UPSTREAM = "https://upstream.example"


class Life:
    """A registry's main line. `generations` holds the catalogue as of each commit."""

    def __init__(self) -> None:
        self.time = START
        self.files: dict[str, bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self.commits: list[records.Commit] = []
        self.generations: list[Catalogue] = []
        self._state = State()
        self.commit({})

    def commit(self, files: Mapping[str, bytes | None], after: int = 60) -> None:
        """Commit files (None removes); a clock may go back."""
        self.time += after
        changes = []
        for path, data in sorted(files.items()):
            if data is not None:
                blob = hashlib.sha1(data).hexdigest()
                self.files[path] = self.blobs[blob] = data
                changes.append(records.FileChange(records.REGULAR, records.REGULAR, "", blob, path))
            elif self.files.pop(path, None) is not None:
                changes.append(records.FileChange(records.REGULAR, records.ABSENT, "", "", path))
        sha = hashlib.sha1(f"{len(self.commits)} {self.time}".encode()).hexdigest()
        commit = records.Commit(sha, self.time, tuple(changes))
        self.commits.append(commit)
        replay.replay(self._state, [commit], self.blobs.__getitem__)
        self.generations.append(snapshot_of(self._state))

    def replayed(self, *cuts: int) -> Catalogue:
        """The catalogue by a fresh replay, interrupted after each of these numbers of commits.

        After an interruption it goes on from what a build remembers, which has no sidecars.
        """
        state = State()
        start = 0
        for end in (*cuts, len(self.commits)):
            replay.replay(state, self.commits[start:end], self.blobs.__getitem__)
            state.sidecars.clear()
            start = max(start, end)
        return snapshot_of(state)

    def versions_of(self, name: str) -> list[str]:
        """The versions of a server that stand in the repository."""
        server = self.generations[-1].by_name.get(name)
        return [one.version for one in server.versions] if server else []


def snapshot_of(state: State) -> Catalogue:
    return Catalogue(
        commit=state.commit or "0" * 40,
        time=state.time,
        servers=state.catalogue_servers(),
        events=Log(state.events),
    )


def truth(catalogue: Catalogue) -> Truth:
    """What a copy of this catalogue must hold: every version's item."""
    return {
        version.key: version.item(CONFIG.extension_namespace) for version in catalogue.versions()
    }


def folded(events: Iterable[Event]) -> Truth:
    """What the change log alone says the registry holds."""
    held: Truth = {}
    for event in events:
        if event.kind is ChangeKind.REMOVED:
            held.pop(event.version.key)
        else:
            held[event.version.key] = event.version.item(CONFIG.extension_namespace)
    return held


def publish(name: str, *versions: str, **fields: Any) -> Step:
    files = {entry_path(name, one): _json(entry(name, one, **fields)) for one in versions}
    return lambda life: life.commit(dict(files))


def mark(name: str, version: str, status: str, message: str = "") -> Step:
    """Set the status of one version (`*` for all) that is there; the others lose theirs."""

    def step(life: Life) -> None:
        known = life.versions_of(name)
        if known and (version in known or version == "*"):
            said = {"status": status, **({"message": message} if status != "active" else {})}
            life.commit({server_path(name, "status.yaml"): _json({version: said})})

    return step


def remove(name: str, *versions: str) -> Step:
    """Moderation: take files away; without versions the whole server."""

    def step(life: Life) -> None:
        gone = versions or life.versions_of(name)
        files: dict[str, bytes | None] = {entry_path(name, one): None for one in gone}
        if not versions:
            files |= {server_path(name, file): None for file in ("status.yaml", "upstream.json")}
        life.commit(files)

    return step


def mirror(name: str, versions: Mapping[str, Mapping[str, Any]], description: str) -> Step:
    """Import versions with the official block that upstream has for each."""
    files = {
        entry_path(name, one): _json(entry(name, one, description=description)) for one in versions
    }
    upstream = {"source": UPSTREAM, "versions": versions}
    if "9" in description:
        upstream["meta"] = {one: {"com.upstream/extra": {"rank": 1.5}} for one in versions}
    files[server_path(name, "upstream.json")] = _json(upstream)
    return lambda life: life.commit(dict(files), after=0)


def bulk(letter: str, count: int, spread: int, version: str = "1.0.0") -> Step:
    """Import many servers in one commit, in between others'."""
    files = {
        entry_path(name, version): _json(entry(name, version))
        for name in (f"{letter}.bulk/s{number * spread % 997:03}" for number in range(count))
    }
    return lambda life: life.commit(dict(files))


def thin(letter: str, start: int, count: int) -> Step:
    """Moderation of many: take away a range of a bulk import's servers."""

    def step(life: Life) -> None:
        names = [name for name in life.generations[-1].by_name if name.startswith(letter)]
        paths = [
            entry_path(name, version)
            for name in sorted(names)[start : start + count]
            for version in life.versions_of(name)
        ]
        life.commit(dict.fromkeys(paths))

    return step


def reformat(name: str, version: str) -> Step:
    """Write a file anew with other white space: nobody may notice."""

    def step(life: Life) -> None:
        path = entry_path(name, version)
        if path in life.files:
            life.commit({path: life.files[path] + b"\n"})

    return step


def overlay(name: str, tag: str, versions: str = "*") -> Step:
    """Let the registry say something of a server; "" takes it back."""
    text = f"tags: [{tag}]\napproved: {{by: Security, at: 2026-01-31, versions: ['{versions}']}}\n"
    path = server_path(name, "overlay.yaml")
    return lambda life: life.commit({path: text.encode() if tag else None})


def overlay_many(slug: str, pattern: str, tag: str) -> Step:
    """Let it say something of all servers of a pattern; "" takes it back."""
    text = f"servers: ['{pattern}']\ntags: [{tag}]\n"
    return lambda life: life.commit({f"overlays/{slug}.yaml": text.encode() if tag else None})


def rename(name: str, to: str, origin: str) -> Step:
    """Say in a server's status.yaml what it is called now, and what it was called."""
    text = '"*": {status: active'
    text += f", renamed-to: {to}" if to else ""
    text += f", renamed-from: [{origin}]}}\n" if origin else "}\n"
    return lambda life: life.commit({server_path(name, "status.yaml"): text.encode()})


def idle() -> Step:
    return lambda life: life.commit({}, after=-5)


def play(steps: Iterable[Step]) -> Life:
    life = Life()
    for step in steps:
        step(life)
    return life


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


NAMES = st.sampled_from(["com.example/a", "com.example/a-b", "com.example/ä", "org.example/z"])
VERSIONS = st.sampled_from(["1.0.0", "1.1.0", "2.0.0-rc.1", "2.0.0", "2024-10-07", "v3.0.0"])
_MOMENTS = st.integers(0, 10**6).map(lambda n: timestamp.render(timestamp.from_git(START + n)))
_STATUSES = st.sampled_from(["active", "deprecated", "deleted"])
_OFFICIAL = st.builds(
    lambda status, published, updated: {
        "status": status,
        "publishedAt": published,
        "updatedAt": updated,
        "isLatest": False,
    },
    _STATUSES,
    _MOMENTS,
    _MOMENTS,
)
_NUMBERS = st.integers(0, 9).map(lambda n: f"Number {n}.")
_TAGS = st.sampled_from(["", "weather", "maps"])
_RENAMED = st.sampled_from(["com.example/a", "org.example/z"])
_PATTERNS = st.sampled_from(["com.example/*", "*/a", "*", "com.example/a-b", "org.example/*"])
_ONE_CHANGE = (
    st.builds(publish, NAMES, VERSIONS),
    st.builds(publish, NAMES, VERSIONS, description=_NUMBERS),
    st.builds(mark, NAMES, VERSIONS, _STATUSES, st.sampled_from(["", "Use another."])),
    st.builds(remove, NAMES, VERSIONS),
    st.builds(reformat, NAMES, VERSIONS),
    st.builds(overlay, NAMES, _TAGS, st.sampled_from(["*", "1.0.0", "2.*"])),
    st.builds(rename, _RENAMED, st.just("") | _RENAMED, st.just("") | _RENAMED),
    st.builds(overlay_many, st.sampled_from(["a", "b"]), _PATTERNS, _TAGS),
    st.builds(idle),
)
_MANY_CHANGES = (
    st.builds(lambda name, versions: publish(name, *versions), NAMES, st.sets(VERSIONS)),
    st.builds(mark, NAMES, st.just("*"), _STATUSES, st.just("All of it.")),
    st.builds(remove, NAMES),
    st.builds(mirror, NAMES, st.dictionaries(VERSIONS, _OFFICIAL, min_size=1), _NUMBERS),
    st.builds(bulk, st.sampled_from("adz"), st.integers(20, 330), st.sampled_from([1, 7, 996])),
)
_CROWDS = st.builds(
    bulk,
    st.sampled_from("ad"),
    st.integers(20, 330),
    st.sampled_from([1, 3, 7, 10, 498, 996]),
    st.sampled_from(["1.0.0", "1.0.1"]),
)
_CLEARANCES = st.builds(thin, st.sampled_from("ad"), st.integers(0, 300), st.integers(1, 250))
crowded_lives = st.lists(_CROWDS | _CLEARANCES, min_size=1, max_size=8).map(play)
lives = st.lists(st.one_of(*_ONE_CHANGE, *_MANY_CHANGES), max_size=25).map(play)
