"""The commit of a publication, as git writes one: by whom, with which proof, of which files.

Nothing in its message is a publisher's text: forges act on words in messages, such as `[skip ci]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from builder.git import merge, trees
from builder.git.change import Action, Touch
from builder.git.records import ABSENT, REGULAR, Commit, FileChange, TreeEntry
from builder.git.resident import ResidentRepository
from builder.model.config import Config
from builder.model.layout import place
from builder.publish.identity import Identity

Files = Mapping[str, bytes | None]
"""Files by path; None for one that is removed."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]+")
_KEPT = " ()@._-+:/"
"""Characters of a trailer that stand as they are: none of them ends its line."""
_NO_BLOB = "0"
_ROLES = ("author", "committer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A commit that is held in memory, what it changes, and what it follows."""

    parent: str
    commit: Commit


def make(
    repository: ResidentRepository,
    parent: str,
    files: Files,
    title: str,
    identity: Identity,
    config: Config,
    now: int,
) -> Made:
    """Make the commit of some files on top of `parent`, in memory; `now`: seconds since 1970."""
    people = (_author(identity, config), _registry(config))
    return _made(repository, parent, files, people, _message(title, identity), now)


def again(
    repository: ResidentRepository, commit: str, parent: str, files: Files, config: Config, now: int
) -> Made:
    """Make a commit of ours again on top of another parent: the same author and message, these files."""
    ((_, data),) = repository.blobs([commit])
    head, _, message = data.decode("utf-8", "replace").partition("\n\n")
    (line,) = (line for line in head.split("\n") if line.startswith("author "))
    author = line.removeprefix("author ").rsplit(" ", 2)[0]
    return _made(repository, parent, files, (author, _registry(config)), message, now)


def _made(
    repository: ResidentRepository,
    parent: str,
    files: Files,
    people: tuple[str, str],
    message: str,
    now: int,
) -> Made:
    """Make a commit; `people` are its author and its committer, as git writes them."""
    before = {file.path: file for file in trees.select(repository, parent, files)}
    blobs = {path: repository.add("blob", data) for path, data in files.items() if data is not None}
    touches = [
        Touch(
            path=path,
            place=place(path),
            action=_action(is_there=path in before, stays=path in blobs),
            mode=REGULAR if path in blobs else ABSENT,
            blob=blobs.get(path, _NO_BLOB * len(parent)),
        )
        for path in files
        if path in blobs or path in before
    ]
    tree = merge.edited_tree(repository, parent, touches, repository.add_trees)
    seconds = max(now, repository.time(parent))
    lines = (
        f"tree {tree}",
        f"parent {parent}",
        *(f"{role} {person} {seconds} +0000" for role, person in zip(_ROLES, people, strict=True)),
        "",
        message,
    )
    id = repository.add("commit", "\n".join(lines).encode())
    changes = tuple(_changed(touch, before.get(touch.path)) for touch in sorted(touches, key=_path))
    return Made(parent=parent, commit=Commit(id, seconds, changes))


def _action(*, is_there: bool, stays: bool) -> Action:
    if not stays:
        return Action.REMOVE
    return Action.REPLACE if is_there else Action.ADD


def _path(touch: Touch) -> str:
    return touch.path


def _changed(touch: Touch, before: TreeEntry | None) -> FileChange:
    """Return what a commit says of one file; `before` is what stood there."""
    mode, blob = (before.mode, before.blob) if before else (ABSENT, _NO_BLOB * len(touch.blob))
    return FileChange(mode, touch.mode, blob, touch.blob, touch.path)


def _author(identity: Identity, config: Config) -> str:
    """Return who proved it: an account with its number, a domain, or an issuer's subject."""
    author = identity.claim.author
    if author is not None:
        host = "users.noreply.github.com" if author.host == "github.com" else author.host
        return f"{_plain(author.login)} <{author.id}+{quote(author.login)}@{host}>"
    if identity.claim.keys:
        return f"{_plain(identity.subject)} <noreply@{quote(identity.subject)}>"
    return f"{_plain(identity.subject)} <noreply@{_host(config)}>"


def _registry(config: Config) -> str:
    return f"{_plain(config.title)} <noreply@{_host(config)}>"


def _host(config: Config) -> str:
    return urlsplit(config.base_url).hostname or "localhost"


def _plain(text: str) -> str:
    # Git drops these at the ends of a name, and refuses one of nothing else.
    return _UNSAFE.sub(" ", text).strip(" .,:;\"'\\") or "unknown"


def _message(title: str, identity: Identity) -> str:
    return f"{title}\n\n{trailers(identity)}"


def trailers(identity: Identity) -> str:
    """Return the end of a commit's message: the proof's kind, whom it proved, and what they are called."""
    subject = quote(identity.subject, safe=_KEPT)
    return "".join(f"{line}\n" for line in (*_proved(identity), f"Proof-Subject: {subject}"))


def is_of(commit: bytes, identity: Identity) -> bool:
    """Return whether a commit of ours was proposed by somebody, whatever they were called then."""
    said = commit.decode("utf-8", "replace").rpartition("\n\n")[2].split("\n")
    return set(_proved(identity)) <= set(said)


def _proved(identity: Identity) -> tuple[str, str]:
    return f"Proof: {identity.method}", f"Proof-Id: {quote(identity.id, safe=_KEPT)}"
