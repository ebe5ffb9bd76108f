"""The verdict on what is not committed yet: the working tree as the pull request that it would be."""

from __future__ import annotations

from dataclasses import replace

from builder.gate import gate
from builder.gate.question import Question, is_registrys
from builder.gate.report.report import Report
from builder.git import snapshot
from builder.git.repository import Repository
from builder.git.settings import load_config
from builder.model import layout
from builder.model.errors import ConfigError, RegistryError, RepositoryError
from builder.model.layout import SERVERS


def answer(repository: Repository, question: Question) -> Report:
    """Judge the working tree against the registry's branch, of its changes only the paths named.

    What proves whose they are comes along where it is there, as it does in a pull request.
    RegistryError for the draft of an entry, or where there is no working tree.
    """
    if repository.bare:
        raise RegistryError(
            "there is no working tree here", help="name a change: --base and --head"
        )
    paths = question.files(repository)
    outside = [path for path in paths if not is_registrys(path)]
    if outside:
        raise RegistryError(
            f"{outside[0]} is a draft, and only files in {SERVERS}/ are judged",
            help="mcp-registry new --from FILE puts it where it belongs",
        )
    base = _branch(repository)
    proofs = (proof for path in paths for proof in layout.proofs_of(path))
    beside = [proof for proof in proofs if (repository.root / proof).is_file()]
    with snapshot.of_working_tree(repository, [*paths, *beside]) as (copy, head):
        return gate.answer(copy, replace(question, paths=(), base=base, head=head))


def _branch(repository: Repository) -> str:
    """Return the commit of the branch that is published: as last fetched, else the local one, else HEAD."""
    head = repository.commit("HEAD")
    try:
        branch = load_config(repository, head).branch
    except ConfigError:
        branch = "main"
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        try:
            return repository.commit(name)
        except RepositoryError:
            continue
    return head
