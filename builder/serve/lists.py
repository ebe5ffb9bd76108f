"""The list of a site that builds replace while it is served: what was built, and what is newer.

To read the list of 10,000 versions takes half a second. Readers do not wait for it: a thread reads
the list of a new build, and the one before, with all that is newer, is shown until it has.
"""

from __future__ import annotations

import gc
import gzip
import io
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress

import orjson

from builder.model.api_settings import SearchedParts
from builder.serve import query
from builder.serve.files import Replaced
from builder.serve.newer import ChangedServers, Newer
from builder.serve.query import Index, ListItem, NewerIndex

Stamp = tuple[int, int]
"""What tells one build of a site from others."""
ReadSnapshot = Callable[[], bytes]
PATIENCE = 0.05
"""Seconds in which a small list is read: so long one waits for the new one."""
_UNREADABLE = (OSError, EOFError, ValueError, LookupError, StopIteration, zlib.error)


class SiteLists:
    """The list of all versions; asked by one thread, read by that one and by others."""

    def __init__(self, newer: Newer, searched: SearchedParts) -> None:
        self._newer = newer
        self._searched = searched
        self._read: tuple[Stamp, Index] | None = None
        self._reading: threading.Thread | None = None
        self._shown: tuple[Index, ChangedServers, NewerIndex] | None = None

    def index(self, stamp: Stamp, read: ReadSnapshot) -> Index | NewerIndex:
        """Return the list of the build `stamp`, whose snapshot is read by `read`, or the one before.

        Either has what is newer.
        """
        built = self.built(stamp, read)
        changed = self._newer.changed_since(built.commit)
        if not changed.is_whole and self._read and self._read[0] != stamp:
            built = self._read_now(stamp, read)
            changed = self._newer.changed_since(built.commit)
        if not changed.servers:
            return built
        shown = self._shown
        if shown is None or shown[0] is not built or shown[1] is not changed.servers:
            shown = built, changed.servers, NewerIndex(built, changed.servers)
            self._shown = shown
        return shown[2]

    @property
    def stamp(self) -> Stamp | None:
        """Of the build whose list was read last; None before the first."""
        return self._read and self._read[0]

    def built(self, stamp: Stamp, read: ReadSnapshot) -> Index:
        """Return the list as it was built, or while that is read the one before."""
        if self._read is None:
            return self._read_now(stamp, read)
        if self._read[0] != stamp and (self._reading is None or not self._reading.is_alive()):
            self._reading = threading.Thread(
                target=self._read_behind, args=(stamp, read), daemon=True
            )
            self._reading.start()
            self._reading.join(PATIENCE)
        return self._read[1]

    def _read_behind(self, stamp: Stamp, read: ReadSnapshot) -> None:
        # What is damaged, or was replaced meanwhile, leaves the list that is shown; it is tried again.
        with suppress(Replaced):
            self._read_now(stamp, read)

    def _read_now(self, stamp: Stamp, read: ReadSnapshot) -> Index:
        known = {item.body: item for item in self._read[1].items} if self._read else {}

        def item(body: bytes) -> ListItem:
            return known.get(body) or query.read_item(body, self._searched)

        try:
            with gzip.open(io.BytesIO(read())) as lines:
                commit = str(orjson.loads(next(lines))["generation"])
                index = Index((item(line.rstrip(b"\n")) for line in lines), commit)
        except _UNREADABLE as error:
            raise Replaced("its list of versions cannot be read") from error
        self._read = stamp, index
        # It stays until the next build. To look through it for garbage holds up everybody: 29 ms at
        # 10,000 versions.
        gc.freeze()
        return index
