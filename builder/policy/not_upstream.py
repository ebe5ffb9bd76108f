"""What the operator allows here and the official registry would refuse, in a document.

Whether there is a reason stands in the API's items, whose hashes are leaves of the log: for a
document that is published the answer must never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from builder.model import image_name
from builder.model.json_values import as_object, text
from builder.model.package_types import PACKAGE_TYPES
from builder.policy import document as read
from builder.policy.document import Values

Steps = tuple[str | int, ...]
_BUNDLES = ("github.com", "www.github.com", "gitlab.com", "www.gitlab.com")
_REPOSITORIES = ("github.com", "gitlab.com")
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|.*\.localhost")


class NotUpstream(NamedTuple):
    """One reason why the official registry would refuse a document: where it stands, and the host.

    `kind` is what the host is for: package, repository or remote.
    """

    reason: str
    kind: str
    host: str
    steps: Steps


_known: dict[str, bool] = {}
_MOST_KNOWN = 200_000


def is_publishable(blob: str, document: bytes) -> bool:
    """Return whether the official registry would take a document (JSON): by its blob, several files ask."""
    if blob not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[blob] = next(reasons(orjson.loads(document)), None) is None
    return _known[blob]


def reasons(document: Values) -> Iterator[NotUpstream]:
    """Yield why the official registry would refuse a document that an operator may allow here."""
    for number, package in enumerate(_listed(document.get("packages"))):
        if private_source := _package(package):
            host, reason = private_source
            yield NotUpstream(reason, "package", host, ("packages", number))
    where = read.host(text(as_object(document.get("repository")), "url"))
    if where and where.removeprefix("www.") not in _REPOSITORIES:
        reason = f"its repository is at {where}"
        yield NotUpstream(reason, "repository", where, ("repository", "url"))
    for number, remote in enumerate(_listed(document.get("remotes"))):
        url = text(remote, "url")
        host = read.host(url)
        if url.startswith("http://") or _LOCAL.fullmatch(host):
            reason = f"its remote {url} is private"
            yield NotUpstream(reason, "remote", host, ("remotes", number, "url"))


def _listed(value: object) -> list[Values]:
    return [as_object(item) for item in value] if isinstance(value, list) else []


def _package(package: Values) -> tuple[str, str] | None:
    """Return the host that a package comes from and why it is no public one, None if it is."""
    kind, identifier = text(package, "registryType"), text(package, "identifier")
    host = read.package_registry(package)
    if kind == "oci":
        refused = isinstance(image_name.parse(identifier), str)
        named = isinstance(image_name.parse(identifier, lambda _: True), image_name.Image)
        return (host, f"its image is from {host}") if refused and named else None
    if kind == "mcpb":
        return (host, f"its bundle is from {host}") if host and host not in _BUNDLES else None
    base = text(package, "registryBaseUrl")
    known = PACKAGE_TYPES.get(kind)
    if known is None or not known.base_url or base in ("", known.base_url):
        return None
    return host, f"its {kind} package is from {base}"
