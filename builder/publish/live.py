"""What readers see at once: the documents and the lists' items of what was published after the last build.

They are made as a build makes them, from the same replay of history, so that a client gets the
bytes that the next build will write.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from builder.build import last_build, saved_reading, source
from builder.cache.store import Cache, UnusableCache
from builder.catalogue import fingerprint
from builder.catalogue.server import Server
from builder.git.repository import Repository
from builder.history.batches import carry_on
from builder.history.state import State
from builder.model.config import Config
from builder.model.page_paths import INDEX
from builder.output.tree import sibling
from builder.pages.api import servers
from builder.serve import query
from builder.serve.newer import ChangedServers, ChangedSince
from builder.serve.query import ListItem


class _Changed(NamedTuple):
    """A server as it is since a step: its documents by path, and its items in lists."""

    step: int
    documents: Mapping[str, bytes]
    items: Sequence[ListItem]


@dataclass(slots=True)
class Live:
    """The registry as it is now, beside a site that may be a moment older.

    Any thread may call. Who replays history holds `_replaying`; who reads documents and lists does not
    wait for that. Each move of the branch is a step;
    what changed in the steps up to the last build but one is forgotten, since readers may still be
    shown the lists of that build.
    """

    repository: Repository
    config: Config
    state: State
    _changed: dict[str, _Changed] = field(default_factory=dict)
    _steps: dict[str, int] = field(default_factory=dict)
    _last: int = 0
    _built: int = 0
    _forgotten: int = 0
    _answered: tuple[int, int, ChangedServers] = field(default=(0, 0, {}))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _replaying: threading.RLock = field(default_factory=threading.RLock)

    @property
    def commit(self) -> str:
        """The commit of the branch up to which everything is seen."""
        with self._replaying:
            return self.state.commit

    def advance(self, commit: str) -> None:
        """Carry on to a commit of the branch: what it and those before it changed is seen now."""
        with self._replaying:
            if commit == self.state.commit:
                return
            commits = list(self.repository.history(commit, since=self.state.commit))
            touched = carry_on(self.repository, self.state, commits)
            step = self._last + 1
            made = {name: self._made(step, name) for name in touched}
        with self._lock:
            self._steps[commit] = self._last = step
            self._changed |= made

    def settle(self, commit: str) -> None:
        """Take note that the site of a commit has been built."""
        with self._lock:
            step = self._steps.get(commit, 0)
            if step <= self._built:
                return
            self._forgotten, self._built = self._built, step
            self._changed = {
                name: changed
                for name, changed in self._changed.items()
                if changed.step > self._forgotten
            }
            self._steps = {
                commit: step for commit, step in self._steps.items() if step >= self._forgotten
            }

    def document(self, path: str) -> bytes | bool:
        """Return the document at a path below the site: bytes, or False if there is none now.

        True says that the site's own is right: nothing newer is known of that server.
        """
        parts = path.strip("/").split("/")
        below = next((parts[at + 1 :] for at, part in enumerate(parts) if part in _FOLDERS), [])
        with self._lock:
            changed = self._changed.get("/".join(below[:2]))
            if changed is None or changed.step <= self._built:
                return True
        return changed.documents.get(f"{'/'.join(parts)}/{INDEX}", False)

    def changed_since(self, commit: str) -> ChangedSince:
        """Return the servers that have changed since the commit that a site was built from."""
        with self._lock:
            step = self._steps.get(commit, 0)
            if self._answered[:2] != (step, self._last):
                servers = {
                    name: changed.items
                    for name, changed in self._changed.items()
                    if changed.step > step
                }
                self._answered = step, self._last, servers
            return ChangedSince(self._answered[2], is_whole=step >= self._forgotten)

    def moment(self) -> object:
        """Return a value that is another as soon as something else is known."""
        return self._last, self._built

    def item(self, name: str, version: str) -> bytes:
        """Return a version as the API shows it, whatever its status."""
        with self._replaying:
            published = self.state.servers[name].versions[version]
        return published.item(self.config.extension_namespace)

    def server(self, name: str) -> Server | None:
        """Return a server as it is now, None if there is none."""
        with self._replaying:
            if name not in self.state.servers or not self.state.servers.count(name):
                return None
            return self.state.server(name)

    def _made(self, step: int, name: str) -> _Changed:
        server = self.server(name)
        pages = servers.server_pages(server, None, self.config) if server else ()
        bodies = [self.item(name, row.version) for row in server.versions] if server else []
        return _Changed(
            step=step,
            documents={page.path: page.body for page in pages},
            items=[query.read_item(body, self.config.api.search) for body in bodies],
        )


_FOLDERS = ("servers", "deleted")


def load(repository: Repository, config: Config, out: Path, commit: str) -> Live:
    """Return the registry at a commit, going on from what the last build into `out` has read."""
    state = _last_state(repository, out)
    if state is None or state.commit not in repository.first_parents(commit):
        state = source.load(repository, commit).reading.state
    for name in state.servers:
        _ = state.servers[name]  # the next build removes the blocks that this is read from
    live = Live(repository=repository, config=config, state=state)
    live.advance(commit)
    return live


def _last_state(repository: Repository, out: Path) -> State | None:
    out = out.resolve()
    cache = Cache(sibling(out, "cache"))
    try:
        made = last_build.find(cache, out, fingerprint.builder()).record
        return saved_reading.load(cache, made.reading, repository).state if made else None
    except UnusableCache:
        return None
