"""Where the files of a registry repository are: the one map between names and paths.

servers/<namespace>/namespace.yaml
servers/<namespace>/<name>/<version>.json
servers/<namespace>/<name>/status.yaml
servers/<namespace>/<name>/upstream.json
servers/<namespace>/<name>/overlay.yaml
servers/<namespace>/<name>/facts.yaml
servers/<namespace>/<name>/<version>.json.sig, and status.yaml.sig and namespace.yaml.sig
servers/<namespace>/<name>/<version>.json.sigstore
overlays/<slug>.yaml
collections/<slug>.yaml
blocks.yaml
approvals.yaml
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

SERVERS = "servers"
CONFIG = "registry.yaml"
NAMESPACE_FILE = "namespace.yaml"
STATUS_FILE = "status.yaml"
UPSTREAM_FILE = "upstream.json"
OVERLAY_FILE = "overlay.yaml"
FACTS_FILE = "facts.yaml"
OVERLAYS = "overlays"
COLLECTIONS = "collections"
ORIGINS = "origins"
"""The logs of the registries that this one mirrors."""
BLOCKS = "blocks.yaml"
APPROVALS = "approvals.yaml"

_ENTRY_SUFFIX = ".json"
_SIGNATURE_SUFFIX = ".json.sig"
BUNDLE_SUFFIX = ".sigstore"
"""Not `.sigstore.json`, as tools propose: a version may end with `.json.sigstore`."""
_PLAIN = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
_ESCAPED = re.compile(r"(?:[A-Za-z0-9_+-]|%[0-9A-F]{2})(?:[A-Za-z0-9._+-]|%[0-9A-F]{2})*")
_NAMESPACE_PARTS, _SERVER_PARTS = 3, 4


class Kind(enum.Enum):
    """What a file in `servers/` is for."""

    ENTRY = enum.auto()
    """<version>.json: the document of one published version."""
    STATUS = enum.auto()
    """status.yaml: lifecycle of a server's versions."""
    UPSTREAM = enum.auto()
    """upstream.json: where a mirrored server came from."""
    SIGNATURE = enum.auto()
    """<file>.sig: a detached signature of an entry, status.yaml or namespace.yaml. `version` is ""
    for those of the last two."""
    BUNDLE = enum.auto()
    """<version>.json.sigstore: a run of CI vouches for an entry, until the registry has noted it."""
    NAMESPACE = enum.auto()
    """namespace.yaml: who may publish here."""
    OVERLAY = enum.auto()
    """overlay.yaml: what the registry itself says of a server."""
    FACTS = enum.auto()
    """facts.yaml: what explicit commands found out about a server, and when."""
    PATTERN_OVERLAY = enum.auto()
    """overlays/<slug>.yaml: what it says of all servers of some pattern."""
    COLLECTION = enum.auto()
    """collections/<slug>.yaml: a list of servers that the registry has chosen."""
    BLOCKS = enum.auto()
    """blocks.yaml: what the registry neither publishes nor brings in."""
    APPROVALS = enum.auto()
    """approvals.yaml: versions that a person let in."""
    KEEP = enum.auto()
    """.gitkeep and README.md at the top of `servers/` and the folders beside it: no data."""
    STRAY = enum.auto()
    """Anything else: it does not belong in `servers/`."""


class Place(NamedTuple):
    """What a path tells of its file. `server` is "" for strays and for the files of a namespace."""

    kind: Kind
    namespace: str = ""
    server: str = ""
    version: str = ""

    @property
    def name(self) -> str:
        """The server's name, `<namespace>/<server>`."""
        return f"{self.namespace}/{self.server}"


_SUFFIX = ".sig"
_BY_NAME = {
    STATUS_FILE: Kind.STATUS,
    STATUS_FILE + _SUFFIX: Kind.SIGNATURE,
    UPSTREAM_FILE: Kind.UPSTREAM,
    OVERLAY_FILE: Kind.OVERLAY,
    FACTS_FILE: Kind.FACTS,
}
_OPERATORS = {OVERLAYS: Kind.PATTERN_OVERLAY, COLLECTIONS: Kind.COLLECTION}
_OPERATOR_FILES = {BLOCKS: Kind.BLOCKS, APPROVALS: Kind.APPROVALS}
OPERATOR_KINDS = frozenset({**_OPERATORS, **_OPERATOR_FILES}.values())
OPERATOR_FOLDERS = (*_OPERATORS, *_OPERATOR_FILES)
"""The folders of the registry's own files that are read as servers/ is, and files beside them."""
REGISTRY_FOLDERS = (SERVERS, *OPERATOR_FOLDERS)
_OPERATOR_FILE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.yaml")
_OF_NAMESPACES = {NAMESPACE_FILE: Kind.NAMESPACE, NAMESPACE_FILE + _SUFFIX: Kind.SIGNATURE}
_BY_SUFFIX = (
    (_ENTRY_SUFFIX, Kind.ENTRY),
    (_SIGNATURE_SUFFIX, Kind.SIGNATURE),
    (_ENTRY_SUFFIX + BUNDLE_SUFFIX, Kind.BUNDLE),
)
_KEPT = ([".gitkeep"], ["README.md"])
_NO_NAMES = frozenset({"", ".", ".."})


@lru_cache(maxsize=16384)  # several passes over one batch of files ask for each
def place(path: str) -> Place:
    """Return what a path (relative to the repository's root) tells; Kind.STRAY if it fits no form."""
    if path in _OPERATOR_FILES:
        return Place(_OPERATOR_FILES[path])
    parts = path.split("/")
    if parts[0] in _OPERATORS:
        is_slug = len(parts) == 2 and _OPERATOR_FILE.fullmatch(parts[1])
        kept = Kind.KEEP if parts[1:] in _KEPT else Kind.STRAY
        return Place(_OPERATORS[parts[0]] if is_slug else kept)
    if parts[0] != SERVERS or not _NO_NAMES.isdisjoint(parts):
        return Place(Kind.STRAY)
    if len(parts) == _SERVER_PARTS:
        return _in_server_folder(*parts[1:])
    if len(parts) == _NAMESPACE_PARTS and parts[2] in _OF_NAMESPACES:
        return Place(_OF_NAMESPACES[parts[2]], parts[1])
    return Place(Kind.KEEP if parts[1:] in _KEPT else Kind.STRAY)


def _in_server_folder(namespace: str, server: str, file: str) -> Place:
    if file in _BY_NAME:
        return Place(_BY_NAME[file], namespace, server)
    for suffix, kind in _BY_SUFFIX:
        if file.endswith(suffix):
            version = decode_version(file[: -len(suffix)])
            if version is not None:
                return Place(kind, namespace, server, version)
    return Place(Kind.STRAY)


def entry_path(name: str, version: str) -> str:
    """Return the path of the document of a version."""
    return f"{SERVERS}/{name}/{encode_version(version)}{_ENTRY_SUFFIX}"


def server_path(name: str, file: str) -> str:
    """Return the path of a server's sidecar, such as `status.yaml`."""
    return f"{SERVERS}/{name}/{file}"


def namespace_path(namespace: str) -> str:
    """Return the path of a namespace's `namespace.yaml`."""
    return f"{SERVERS}/{namespace}/{NAMESPACE_FILE}"


def proofs_of(path: str) -> tuple[str, ...]:
    """Return where it may stand whose a file is: its namespace's file, and what is signed beside both."""
    where = place(path)
    if not where.namespace:
        return ()
    namespace = namespace_path(where.namespace)
    bundle = (path + BUNDLE_SUFFIX,) if where.kind is Kind.ENTRY else ()
    return (namespace, namespace + _SUFFIX, path + _SUFFIX, *bundle)


def ownership_sidecars(path: str) -> tuple[str, str, str]:
    """Return where the sidecars of an entry's path are by which rules compare it with others.

    They say which of its versions count, whether it is mirrored, and whose it is.
    """
    where = place(path)
    return (
        server_path(where.name, STATUS_FILE),
        server_path(where.name, UPSTREAM_FILE),
        namespace_path(where.namespace),
    )


def encode_version(version: str) -> str:
    """Return a version as a file name: other bytes than `A-Za-z0-9._+-` percent-encoded.

    A leading dot is encoded too, and so is the whole stem of the sidecars' names, so that no
    version can take the place of `upstream.json`.
    """
    text = quote(version, safe="+", encoding="utf-8", errors="surrogatepass").replace("~", "%7E")
    if text.startswith("."):
        text = "%2E" + text[1:]
    return "%75pstream" if text == "upstream" else text


def decode_version(stem: str) -> str | None:
    """Return the version that `encode_version` wrote as `stem`, None if it writes no such name."""
    if _PLAIN.fullmatch(stem) and stem != "upstream":
        return stem
    if not _ESCAPED.fullmatch(stem):
        return None
    try:
        version = unquote_to_bytes(stem).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return version if encode_version(version) == stem else None
