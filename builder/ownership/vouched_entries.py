"""The entries of a change that runs of CI vouch for, by the bundles beside them.

A bundle that does not hold is refused whoever brings it, as a wrong signature is. Where bundles
cannot be verified, that is said, and a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.git.change import Action, Touch
from builder.git.records import REGULAR
from builder.git.repository import Repository
from builder.model import server_json
from builder.model.layout import BUNDLE_SUFFIX, Kind
from builder.ownership.signed_run import MAX_BYTES, BundleError, SignedRun, Unverifiable

if TYPE_CHECKING:
    from builder.ownership.bundle import BundleVerifier


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchedEntries:
    """Runs by the path of the entry that they vouch for; what is wrong with other bundles, by theirs.

    `unverified` is why none could be looked at, "" if they were.
    """

    runs: Mapping[str, SignedRun] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    unverified: str = ""


def read_all(
    repository: Repository,
    touches: Sequence[Touch],
    root: Callable[[], bytes | None],
    now: int,
) -> VouchedEntries:
    """Verify every bundle that a change brings; `root` reads roots of trust of one's own, if any."""
    brought = {touch.path: touch for touch in touches if touch.action is not Action.REMOVE}
    bundles = [touch for touch in brought.values() if touch.place.kind is Kind.BUNDLE]
    if not bundles:
        return VouchedEntries()
    from builder.ownership import bundle  # with all that verifying tokens needs

    try:
        verifier = bundle.connect(root())
    except Unverifiable as error:
        return VouchedEntries(unverified=f"{error.message} ({error.help})".removesuffix(" ()"))
    contents = _contents(repository, bundles, brought)
    runs: dict[str, SignedRun] = {}
    wrong: dict[str, str] = {}
    for touch in bundles:
        path = entry_of(touch.path)
        try:
            runs[path] = _verified(verifier, contents, touch, brought.get(path), now)
        except BundleError as error:
            wrong[touch.path] = str(error)
    return VouchedEntries(runs=runs, wrong=wrong)


def entry_of(path: str) -> str:
    """Return the path of the entry that a bundle is of."""
    return path.removesuffix(BUNDLE_SUFFIX)


def _verified(
    verifier: BundleVerifier,
    contents: Mapping[str, bytes],
    touch: Touch,
    entry: Touch | None,
    now: int,
) -> SignedRun:
    if entry is None or entry.action is not Action.ADD:
        raise BundleError("the change adds no entry that it vouches for")
    for needed in (touch, entry):
        if needed.mode != REGULAR or needed.blob not in contents:
            raise BundleError(f"{needed.path} is no regular file, or too large")
    return verifier.verify(contents[touch.blob], contents[entry.blob], now)


def _contents(
    repository: Repository, bundles: Sequence[Touch], brought: Mapping[str, Touch]
) -> Mapping[str, bytes]:
    limits = dict(_limits(bundles, brought))
    sizes = repository.sizes(limits)
    return dict(repository.blobs(blob for blob in limits if sizes.get(blob, 0) <= limits[blob]))


def _limits(bundles: Sequence[Touch], brought: Mapping[str, Touch]) -> Iterator[tuple[str, int]]:
    for touch in bundles:
        yield touch.blob, MAX_BYTES
        if entry := brought.get(entry_of(touch.path)):
            yield entry.blob, server_json.MAX_BYTES
