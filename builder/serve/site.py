"""A folder of built files, and what queries need of it; a build may replace it at any time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import unquote

import orjson

from builder.model.api_settings import SearchedParts
from builder.pages.api import write_refusals
from builder.pages.api.problem import ProblemDocument
from builder.pages.host_files import WRITES
from builder.search.index import SearchIndex
from builder.serve.cursor import Key
from builder.serve.files import Replaced, ServedFile, SiteFiles, file_state, site_files
from builder.serve.lists import SiteLists, Stamp
from builder.serve.newer import Newer, SiteIsNewest
from builder.serve.overlap import ChangeTimes, ReadFile
from builder.serve.query import Index, NewerIndex

API = ("v0.1", "v0")
_API_PATH = re.compile(
    r"/*(?P<folder>collections/[^/]+/)?(?P<rest>(?:v0\.1|v0)(?:/.*)?)", re.DOTALL
)
"""A path of the API, of the registry's own or of a collection's."""
INDEXES = ("index.html", "index.json")
_PUBLIC = ".well-known"
"""The one folder of those that begin with a dot (`.hosts`, `..`) that is served, as by every host."""

_V0 = "v0/version/index.json"
"""There if /v0 has files of its own."""


def _is_public(path: str) -> bool:
    return all(part == _PUBLIC for part in path.split("/") if part.startswith("."))


def api_path(path: str) -> tuple[str, str]:
    """Divide a decoded path of the API: the collection's folder ("": the registry's own), the rest.

    The rest is "" if the path is none of the API.
    """
    match = _API_PATH.fullmatch(path)
    return ((match["folder"] or "").rstrip("/"), match["rest"]) if match else ("", "")


class Site:
    """A built site in either form. A build may replace it while it is served."""

    def __init__(
        self,
        folder: Path,
        prefix: str,
        overlap: int = 0,
        newer: Newer | None = None,
        searched: SearchedParts = "name",
    ) -> None:
        self.folder = folder.resolve()
        self._marker = str(self.folder / "index.json")
        self.newer = newer or SiteIsNewest()
        self.overlap = overlap
        self._lists = SiteLists(self.newer, searched)
        self._collections: dict[str, tuple[Index, Queries, Index | None]] = {}
        self._prefix = unquote(prefix).rstrip("/") + "/"  # as paths of requests are
        self._queries: Queries | None = None

    @property
    def refusals(self) -> Mapping[str, ProblemDocument]:
        """What who would write is answered, as the site was built with it."""
        return self.queries.refusals

    def local(self, path: str) -> str:
        """Drop the path of the site's own address: 404.html asks below it, wherever it stands."""
        return path[len(self._prefix) - 1 :] if path.startswith(self._prefix) else path

    def file(self, path: str) -> ServedFile | None:
        """Return the file at a decoded URL path, None if there is none or it leads elsewhere."""
        if "/." in f"/{path}" and not _is_public(path):
            return None
        name = path.lstrip("/")
        try:
            return self.queries.files.find(name)
        except Replaced:  # by a build, since its index was read
            self._queries = None
            return self.queries.files.find(name)

    def document(self, path: str) -> ServedFile | None:
        """Find the file at a path, or the index of the folder there: below the API its document.

        For Azure those folders hold an index.html too (builder/pages/host_files.py).
        """
        is_api = bool(api_path(path)[1])
        indexes = reversed(INDEXES) if is_api else INDEXES
        tries = (path, *(f"{path.rstrip('/')}/{index}" for index in indexes))
        return next((found for one in tries if (found := self.file(one))), None)

    @property
    def queries(self) -> Queries:
        """What queries need of the site, read anew after a build has put another in its place."""
        state = file_state(self._marker)
        if state is None:
            if self._queries is None:
                raise Replaced("index.json is missing")
            return self._queries  # damaged, which the health answer tells; what is there is served
        stamp = state[:2]
        if self._queries is None or self._queries.stamp != stamp:
            self._queries = Queries(site_files(self.folder), stamp)
        return self._queries

    def state(self) -> object:
        """Return a value that is another as soon as queries are answered from something else."""
        return file_state(self._marker), self._lists.stamp, self.newer.moment()

    @property
    def index(self) -> Index | NewerIndex:
        """All versions, with what is newer than the site."""
        return self._lists.index(self.queries.stamp, self.queries.read_snapshot)

    def since(self, time: int) -> int:
        """Return the time to answer `updated_since` by, both in nanoseconds (overlap.py)."""
        index = self.index
        if isinstance(index, NewerIndex) and index.has_changed_at(time):
            return time
        return self.queries.changes.since(time, self.overlap)

    def collection(self, folder: str) -> Index | None:
        """Return all versions of the servers of a collection as it was built, None if there is no such one."""
        queries = self.queries
        every = self._lists.built(queries.stamp, queries.read_snapshot)
        if folder not in self._collections or self._collections[folder][:2] != (every, queries):
            self._collections[folder] = every, queries, queries.collection(folder, every)
        return self._collections[folder][2]

    def canonical(self, path: str) -> str:
        """Serve /v0 from the files of /v0.1 where no copies were written for it."""
        folder, rest = api_path(path)
        if rest.startswith("v0/") and self.queries.serves_v0_from_v0_1:
            return f"{folder and f'/{folder}'}/v0.1/{rest.removeprefix('v0/')}"
        return path


class Queries:
    """What queries need of one build of a site: each part read when first asked for.

    `stamp` tells the build from others.
    """

    def __init__(self, files: SiteFiles, stamp: Stamp) -> None:
        self.files = files
        self.stamp = stamp

    @cached_property
    def refusals(self) -> Mapping[str, ProblemDocument]:
        """What who would write is answered; bare texts if the site was built without them."""
        stored = self.files.find(WRITES)
        return write_refusals.read(stored.body) if stored else write_refusals.BARE

    @cached_property
    def serves_v0_from_v0_1(self) -> bool:
        """Whether /v0 is to be served without files of its own."""
        types = {resource["type"] for resource in self._resources}
        return "Servers/v0" in types and self.files.find(_V0) is None

    @cached_property
    def _resources(self) -> Sequence[Mapping[str, str]]:
        try:
            index = orjson.loads(self.files.read("index.json"))
            resources: Sequence[Mapping[str, str]] = index["resources"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Replaced("index.json cannot be read") from error
        return resources

    @cached_property
    def extension(self) -> str:
        """The folder of this registry's extensions, as its service index has it."""
        snapshot = next(
            resource["url"] for resource in self._resources if resource["type"] == "Snapshot"
        )
        return str(snapshot).rpartition("/")[0]

    @cached_property
    def search(self) -> SearchIndex:
        """The search index; its files are read as queries need them."""
        return SearchIndex(partial(self._read, "search"))

    def read_snapshot(self) -> bytes:
        """Return the bytes of the file that has all versions."""
        return self.files.read(f"{self.extension}/snapshot.jsonl.gz")

    def collection(self, folder: str, every: Index) -> Index | None:
        """Return those of `every` version that a collection has, None if there is no such one."""
        try:
            described = orjson.loads(self.files.read(f"{folder}/collection.json"))
        except (OSError, ValueError):
            return None
        names = frozenset(described["servers"])
        return Index(item for item in every.items if item.key[0] in names)

    @cached_property
    def changes(self) -> ChangeTimes:
        """When the registry changed."""
        return ChangeTimes(partial(self._read, "changes"))

    @cached_property
    def _boundaries(self) -> Mapping[str, Mapping[int, str]]:
        return {
            letter: _page_starts(partial(self._read, f"pages/{name}"))
            for letter, name in (("a", "all"), ("l", "latest"))
        }

    def _read(self, folder: str, path: str) -> bytes:
        return self.files.read(f"{self.extension}/{folder}/{path}")

    def page_start(self, letter: str, number: int) -> Key | None:
        """Return the key at which a precomputed page starts; None if there is no such page."""
        first = self._boundaries[letter].get(number)
        if first is None:
            return None
        name, _, version = first.partition(":")
        return name, version


def _page_starts(read: ReadFile) -> dict[int, str]:
    index = orjson.loads(read("index.json"))
    pages = index.get("pages")
    if pages is None:
        parts = [orjson.loads(read(part["url"])) for part in index["parts"]]
        pages = [page for part in parts for page in part["pages"]]
    starts = {int(Path(page["url"]).stem): page["first"] for page in pages}
    # The first page starts at the beginning, whatever its first item is by now.
    return starts | {int(Path(page["url"]).stem): "" for page in pages[:1]}
