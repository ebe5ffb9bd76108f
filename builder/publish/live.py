"""What readers see at once: the pages of servers that were published after the site was built.

They are made as a build makes them, from the same replay of history, so that a client gets the
bytes that the next build will write. Lists wait for that build.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


@dataclass(slots=True)
class Live:
    """The registry as it is now, beside a site that may be a moment older.

    `advance` is called by one thread at a time, readers by any.
    """

    repository: Repository
    config: Config
    state: State
    _fresh: dict[str, tuple[int, Mapping[str, bytes]]] = field(default_factory=dict)
    _steps: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self, commit: str) -> None:
        """Carry on to a commit of the branch: what it and those before it changed is seen now."""
        if commit == self.state.commit:
            return
        commits = list(self.repository.history(commit, since=self.state.commit))
        touched = carry_on(self.repository, self.state, commits)
        made = {name: self._pages(name) for name in touched}
        step = len(self._steps) + 1
        with self._lock:
            self._steps[commit] = step
            self._fresh |= {name: (step, pages) for name, pages in made.items()}

    def settle(self, commit: str) -> None:
        """Let go of what the site of a commit has: it has been built by now."""
        with self._lock:
            built = self._steps.get(commit, 0)
            self._fresh = {name: fresh for name, fresh in self._fresh.items() if fresh[0] > built}

    def document(self, path: str) -> bytes | bool:
        """Return the document at a path below the site: bytes, or False if there is none now.

        True says that the site's own is right: nothing newer is known of that server.
        """
        parts = path.strip("/").split("/")
        below = next((parts[at + 1 :] for at, part in enumerate(parts) if part in _FOLDERS), [])
        with self._lock:
            fresh = self._fresh.get("/".join(below[:2]))
        if fresh is None:
            return True
        return fresh[1].get(f"{'/'.join(parts)}/{INDEX}", False)

    def item(self, name: str, version: str) -> bytes:
        """Return a version as the API shows it, whatever its status."""
        published = self.state.servers[name].versions[version]
        return published.item(self.config.extension_namespace)

    def server(self, name: str) -> Server | None:
        """Return a server as it is now, None if there is none."""
        if name not in self.state.servers or not self.state.servers.count(name):
            return None
        return self.state.server(name)

    def _pages(self, name: str) -> Mapping[str, bytes]:
        server = self.server(name)
        pages = servers.server_pages(server, None, self.config) if server else ()
        return {page.path: page.body for page in pages}


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
