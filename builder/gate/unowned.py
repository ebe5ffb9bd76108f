"""Namespaces of the working tree that nobody owns yet: what a check without an author leaves open.

A change is judged by builder/ownership, which knows who proposes it. Here nobody is named, so that
all that can be said is which namespace.yaml is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from builder.gate.question import Question
from builder.git.repository import Repository
from builder.model.layout import NAMESPACE_FILE, SERVERS, UPSTREAM_FILE, namespace_path, place
from builder.model.policy_settings import Policy
from builder.model.wording import counted

_NAMED = 3
"""How many namespaces are named; of more there is only the number."""


def remarks(repository: Repository, question: Question, policy: Policy) -> Iterator[str]:
    """Yield, in words, which of the namespaces that are checked belong to nobody yet.

    Those that registry.yaml grants need no owner, and mirrored ones have theirs upstream.
    """
    if repository.bare or question.base:
        return
    unowned = sorted(
        folder.name
        for folder in _namespaces(repository, question)
        if _is_unowned(folder) and not policy.publish.granted(folder.name)
    )
    for namespace in unowned[:_NAMED]:
        yield f"whose {namespace} is (its first entry must come with {namespace_path(namespace)})"
    more = len(unowned) - _NAMED
    if more > 0:
        yield f"whose {counted(more, 'other namespace')} without a {NAMESPACE_FILE} are"


def _namespaces(repository: Repository, question: Question) -> Iterable[Path]:
    """Return the folders of the namespaces that a question without a change is about."""
    servers = repository.root / SERVERS
    if question.paths:
        named = {place(path).namespace for path in question.files(repository)}
        return (servers / namespace for namespace in named if namespace)
    return servers.iterdir() if servers.is_dir() else ()


def _is_unowned(namespace: Path) -> bool:
    """Return whether a namespace has a server of its own, not a mirrored one, and no namespace.yaml."""
    if not namespace.is_dir() or (namespace / NAMESPACE_FILE).is_file():
        return False
    servers = (path for path in namespace.iterdir() if path.is_dir())
    return any(not (server / UPSTREAM_FILE).is_file() for server in servers)
