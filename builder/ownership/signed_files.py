"""The signatures that a change brings: which files they speak for, and which are wrong.

A signature is `<file>.sig` beside an entry, a status.yaml or a namespace.yaml. One that is wrong
is refused whoever brings it: it would stand in the place of the owner's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.git.change import Action, Touch
from builder.git.records import REGULAR, TreeEntry
from builder.git.repository import Repository
from builder.model import server_json, strict_yaml, timestamp
from builder.model.layout import Kind
from builder.model.sidecars import Key
from builder.ownership import signature
from builder.ownership.signature import Signature, SignatureError
from builder.ownership.statement import DAY, MAX_DAYS, Purpose, RegistryIdentity, purpose_of

SUFFIX = ".sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFiles:
    """What the signatures of a change in a namespace say.

    `keys` signed the files in `paths` (signed files, and their signatures); there are none if an
    added entry is not signed, and `unsigned` says which. `wrong` says of each signature that the
    change brings and that does not count why it does not.
    """

    keys: tuple[Key, ...]
    paths: frozenset[str]
    unsigned: str
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningContext:
    """The files of a namespace before a change and after it, and what signatures are held to.

    `contents` are the bytes of signatures and of what they sign by blob, `sizes` the sizes of
    these blobs; one that is too large was not read. `registry` is None if the settings of the
    base branch cannot be read; `now` is in seconds since 1970.
    """

    touches: tuple[Touch, ...]
    before: Mapping[str, TreeEntry]
    after: Mapping[str, TreeEntry]
    contents: Mapping[str, bytes]
    sizes: Mapping[str, int]
    registry: RegistryIdentity | None
    now: int


def load(
    repository: Repository,
    before: Mapping[str, TreeEntry],
    touches: Sequence[Touch],
    registry: RegistryIdentity | None,
    now: int,
) -> SigningContext:
    """Read what the signatures of a change in a namespace are about, all at once."""
    after = merged(before, touches)
    files = [
        files[path]
        for touch in touches
        for path in _pair(touch.path)
        for files in (before, after)
        if path in files and files[path].mode == REGULAR and purpose_of(_pair(path)[0])
    ]
    limits = {file.blob: _limit(file.path) for file in files}
    sizes = repository.sizes(limits) if limits else {}
    readable = [blob for blob, limit in limits.items() if sizes.get(blob, 0) <= limit]
    return SigningContext(
        touches=tuple(touches),
        before=before,
        after=after,
        contents=dict(repository.blobs(readable)) if readable else {},
        sizes=sizes,
        registry=registry,
        now=now,
    )


def merged(before: Mapping[str, TreeEntry], touches: Sequence[Touch]) -> dict[str, TreeEntry]:
    """Return a namespace's files as merging the change leaves them, by path."""
    files = dict(before)
    for touch in touches:
        files.pop(touch.path, None)
        if touch.action is not Action.REMOVE:
            files[touch.path] = TreeEntry(touch.mode, touch.blob, touch.path)
    return files


def read_all(context: SigningContext) -> SignedFiles:
    """Check every signature that the change brings, and of every file that it brings."""
    brought = {touch.path for touch in context.touches if touch.action is not Action.REMOVE}
    keys: dict[Key, None] = {}
    signed: set[str] = set()
    problems: dict[str, str] = {}
    for path in dict.fromkeys(_pair(touch.path)[1] for touch in context.touches):
        if path not in context.after or not brought.intersection(_pair(path)):
            continue
        try:
            keys[_signer(context, path)] = None
            signed.update(_pair(path))
        except SignatureError as error:
            problems[path] = str(error)
    unsigned = next(_unsigned(context.touches, signed, problems), "")
    complete = bool(signed) and not unsigned
    return SignedFiles(
        keys=tuple(keys) if complete else (),
        paths=frozenset(signed) if complete else frozenset(),
        unsigned=unsigned or ("" if signed else next(iter(problems.values()), "nothing is signed")),
        wrong={path: why for path, why in problems.items() if path in brought},
    )


def _pair(path: str) -> tuple[str, str]:
    """Return the paths of a file and of its signature, given either."""
    target = path.removesuffix(SUFFIX)
    return target, target + SUFFIX


def was_right(context: SigningContext, path: str) -> bool:
    """Return whether the signature at a path of the base branch fits the file beside it there."""
    target = path.removesuffix(SUFFIX)
    try:
        data = _content(context, context.before, target)
        return signature.fits(_read(context, context.before, path), target, data)
    except SignatureError:
        return False


def _unsigned(
    touches: Sequence[Touch], signed: set[str], problems: Mapping[str, str]
) -> Iterator[str]:
    for touch in touches:
        is_added = touch.place.kind is Kind.ENTRY and touch.action is Action.ADD
        if is_added and touch.path not in signed:
            path = touch.path + SUFFIX
            yield f"{path}: {problems[path]}" if path in problems else f"{touch.path} is not signed"


def _signer(context: SigningContext, path: str) -> Key:
    target = path.removesuffix(SUFFIX)
    purpose = purpose_of(target)
    if purpose is None or target not in context.after:
        raise SignatureError("there is no file that it signs")
    if context.registry is None:
        raise SignatureError("registry.yaml of the base branch cannot be read")
    signed = _read(context, context.after, path)
    if not isinstance(signed, Signature):
        raise SignatureError(
            "the signature is of the first form, bound to no registry and no day: sign again"
        )
    data = _content(context, context.after, target)
    _bound(context, signed, context.registry)
    _counted(context, signed, path, purpose)
    return signature.check(signed, signed.statement(target, data).message())


def _bound(context: SigningContext, signed: Signature, registry: RegistryIdentity) -> None:
    if (signed.registry, signed.host) != registry:
        raise SignatureError(
            f"the signature is for the registry {signed.registry} at {signed.host}, "
            f"not for {registry.namespace} at {registry.host}"
        )
    try:
        expires = timestamp.parse(signed.expires) // timestamp.SECOND
    except ValueError as error:
        raise SignatureError(f"the signature expires at {signed.expires}, which is no time") from (
            error
        )
    if expires <= context.now:
        raise SignatureError(f"the signature expired at {signed.expires}: sign again")
    # A day more than may be chosen, for clocks that disagree.
    if expires > context.now + (MAX_DAYS + 1) * DAY:
        raise SignatureError(
            f"the signature is valid until {signed.expires}, at most {MAX_DAYS} days are allowed"
        )


def _counted(context: SigningContext, signed: Signature, path: str, purpose: Purpose) -> None:
    if purpose is Purpose.ENTRY:
        if signed.counter:
            raise SignatureError("the signature of an entry has no counter")
        return
    landed = _landed_counter(context, path)
    if signed.counter <= landed:
        raise SignatureError(
            f"the signature's counter is {signed.counter}, it must be more than {landed}: "
            "sign again on top of the base branch"
        )


def _landed_counter(context: SigningContext, path: str) -> int:
    if path not in context.before:
        return 0
    try:
        landed = _read(context, context.before, path)
    except SignatureError:
        return 0
    return landed.counter if isinstance(landed, Signature) else 0


def _read(
    context: SigningContext, files: Mapping[str, TreeEntry], path: str
) -> signature.FirstSignature:
    return signature.read(_content(context, files, path))


def _content(context: SigningContext, files: Mapping[str, TreeEntry], path: str) -> bytes:
    file = files.get(path)
    if file is None or file.mode != REGULAR:
        raise SignatureError(f"{path} is not a regular file")
    if file.blob not in context.contents:
        size = context.sizes.get(file.blob, 0)
        raise SignatureError(f"{path} has {size:,} bytes, at most {_limit(path):,} are read")
    return context.contents[file.blob]


def _limit(path: str) -> int:
    if path.endswith(SUFFIX):
        return signature.MAX_BYTES
    is_entry = purpose_of(path) is Purpose.ENTRY
    return server_json.MAX_BYTES if is_entry else strict_yaml.MAX_BYTES
