"""What a registry's trust metadata vouches for, by python-tuf, over the guarded transport.

The root that is held decides: a file that it does not lead to is refused, whoever serves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from tuf.api import exceptions
from tuf.api.metadata import Metadata
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from builder.model import timestamp
from builder.model.errors import RemoteError
from builder.net.entity_tag import entity_tag
from builder.net.exchange import AnswerBounds, Fetched, fetch
from builder.pull.trust_metadata import ETAG, MUTABLE, ROOT, TIMESTAMP, version
from builder.runtime import atomic
from builder.trust.tiles import ProofError

LARGEST = 1 << 20
SECONDS, RATE = 30.0, 4096.0
SKEW = 3600
"""Seconds that this machine's clock may be behind that of a deploy."""
_FOREVER = 1 << 37


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedFiles:
    """The SHA-256 (hex) of each file that the metadata names, by its path.

    `root_version` and `timestamp_version` are those of the metadata that says so.
    """

    sha256: Mapping[str, str]
    root_version: int
    timestamp_version: int


def fetch_root(http: httpx.Client, url: str) -> bytes | None:
    """Return the first root of a registry whose trust folder is at `url`; None if it has none."""
    return _get(http, f"{url}1.root.json").body or None


def is_unchanged(http: httpx.Client, url: str, folder: Path) -> bool:
    """Return whether the timestamp is the one that was verified last, and still good.

    It costs one request. What it does not see, a new root, comes with a new timestamp.
    """
    etag, kept = folder / ETAG, folder / TIMESTAMP
    if not etag.exists() or not kept.exists():
        return False
    signed = Metadata.from_bytes(kept.read_bytes()).signed
    root = Metadata.from_bytes((folder / ROOT).read_bytes()).signed
    now = datetime.now(UTC)
    if signed.is_expired(now) or root.is_expired(now) or _is_later(signed.version, now):
        return False
    answer = _get(http, f"{url}{TIMESTAMP}", {"If-None-Match": etag.read_text()})
    return answer.status_code == httpx.codes.NOT_MODIFIED


def refresh(http: httpx.Client, url: str, work: Path, root: bytes | None) -> TrustedFiles:
    """Bring the metadata in the folder `work` up to that at `url`, from a root that is trusted.

    `root` is one that the user gave or that is trusted on first use; None to go on from that in
    `work`. Raises ProofError, with the reason and what to do, if the metadata is not what the root allows,
    is older than what was seen, or has expired; then `work` has what could be verified, as TUF has it.
    """
    fetcher = _Fetcher(http)
    before = {name: _read(work / name) for name in MUTABLE}
    (work / ETAG).unlink(missing_ok=True)  # until all of it holds
    try:
        updater = _updated(url, work, root, fetcher)
    except exceptions.DownloadError as error:
        raise RemoteError(
            f"the registry's trust metadata cannot be had: {error.__cause__ or error}",
            help="nothing was stored; try again, and if it stays so ask the operator",
        ) from error
    except (exceptions.RepositoryError, ValueError) as error:
        raise _refusal(error) from error
    finally:
        _drop_future(work, before)
    known = updater._trusted_set
    if _is_later(known.timestamp.version, datetime.now(UTC)):
        raise _from_the_future(known.timestamp.version)
    (work / ETAG).write_text(fetcher.etag)
    files = known.targets.targets
    return TrustedFiles(
        sha256={path: file.hashes.get("sha256", "") for path, file in files.items()},
        root_version=known.root.version,
        timestamp_version=known.timestamp.version,
    )


def _drop_future(work: Path, before: Mapping[str, bytes | None]) -> None:
    """Put back what was there, if a timestamp of the future came: nothing could follow it."""
    if _is_later(version(work / TIMESTAMP), datetime.now(UTC)):
        for name, body in before.items():
            _restore(work / name, body)


def _updated(url: str, folder: Path, root: bytes | None, fetcher: _Fetcher) -> Updater:
    config = UpdaterConfig(prefix_targets_with_hash=False)
    updater = Updater(str(folder), url, fetcher=fetcher, config=config, bootstrap=root)
    updater.refresh()
    return updater


def _is_later(number: int, now: datetime) -> bool:
    """Return whether a timestamp was signed in this machine's future: its version is when.

    Without this a clock that was set back takes metadata that has expired, and who has stolen a key
    signs a version that nothing can follow.
    """
    return number > now.timestamp() + SKEW


def _from_the_future(number: int) -> ProofError:
    signed = timestamp.render(number * timestamp.SECOND) if number < _FOREVER else f"{number:,}"
    return ProofError(
        f"the registry's trust metadata was signed later than this machine's clock: {signed}",
        help="nothing was stored; set the clock, and if it is right ask the operator",
    )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _restore(path: Path, body: bytes | None) -> None:
    if body is None:
        path.unlink(missing_ok=True)
    else:
        atomic.write(path, body)


def _refusal(error: Exception) -> ProofError:
    for kind, reason, help in _REASONS:
        if isinstance(error, kind):
            return ProofError(f"{reason}: {error}", help=f"nothing was stored; {help}")
    return ProofError(
        f"the registry's trust metadata is not what it should be: {error}",
        help="nothing was stored; ask the operator of the registry",
    )


_REASONS = (
    (
        exceptions.ExpiredMetadataError,
        "the registry's trust metadata has expired (it stands still, or is kept from you)",
        "check this machine's clock, then ask the operator",
    ),
    (
        exceptions.BadVersionNumberError,
        "the registry's trust metadata is older than what was seen before, or mixed",
        "an old copy is served: try again later or from another mirror",
    ),
    (
        exceptions.UnsignedMetadataError,
        "the registry's trust metadata is not signed by the keys that its root names",
        "if the operator says that the root was made anew, get it from them (--trust-root FILE)",
    ),
    (
        exceptions.LengthOrHashMismatchError,
        "the registry's trust metadata does not fit together",
        "a deploy may be under way: try again in some minutes",
    ),
)


class _Fetcher(FetcherInterface):
    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.etag = ""

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = _get(self._http, url)
        if answer.status_code != httpx.codes.OK:
            raise exceptions.DownloadHTTPError(f"{url} is not there", 404)
        if url.endswith(f"/{TIMESTAMP}"):
            self.etag = entity_tag(answer.headers)
        return iter([answer.body])


def _get(http: httpx.Client, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
    """Fetch a file; one that is not there has no body."""
    request = http.build_request(
        "GET", url, headers={"Cache-Control": "no-cache", **(headers or {})}
    )
    bounds = AnswerBounds(bytes=LARGEST, seconds=SECONDS, rate=RATE)
    try:
        answer = fetch(http, request, bounds)
    except httpx.HTTPError as error:
        raise RemoteError(f"{url}: {error or type(error).__name__}") from error
    if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.FORBIDDEN):
        return replace(answer, body=b"")
    is_asked_for = headers is not None and answer.status_code == httpx.codes.NOT_MODIFIED
    if answer.status_code != httpx.codes.OK and not is_asked_for:
        raise RemoteError(f"{url} answered with status {answer.status_code}")
    return answer
