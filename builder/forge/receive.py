"""The gate on a server of git alone: a push to the published branch is a change that is judged.

A pre-receive hook can refuse a push, and change nothing of it. So what lands is what was pushed:
one commit on the tip of the branch, or it is refused. Git moves the branch only from the commit
that was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from builder.gate import gate
from builder.gate.question import Question
from builder.gate.report.report import Report
from builder.git import commits, settings
from builder.git.bounds import MAINTAINER, PUBLISHER
from builder.git.repository import Repository
from builder.model.config import Config
from builder.model.errors import RegistryError
from builder.model.verdict import Verdict
from builder.ownership import change_request
from builder.ownership.account import Account
from builder.ownership.change_request import ChangeRequest

HEADS = "refs/heads/"
PROPOSALS = f"{HEADS}proposals/"
_COMMIT_BYTES = 64 << 10
"""A commit's own text at most: whoever reads the history reads it, for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One ref of a push, as git tells the hook: ids of commits, of zeros alone for none."""

    old: str
    new: str
    ref: str

    @property
    def creates(self) -> bool:
        """Whether the ref is new."""
        return not self.old.strip("0")

    @property
    def deletes(self) -> bool:
        """Whether the ref is removed."""
        return not self.new.strip("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pusher:
    """Who pushes: an account of the server, None if the server does not say."""

    account: Account | None = None
    is_maintainer: bool = False


def read_pushes(lines: Iterable[str]) -> list[Push]:
    """Read what git writes to a pre-receive hook; RegistryError if it is something else.

    https://git-scm.com/docs/githooks#pre-receive
    """
    pushes = []
    for line in lines:
        parts = line.rstrip("\n").split(" ", 2)
        if len(parts) != len(("old", "new", "ref")) or not parts[2].startswith("refs/"):
            raise RegistryError(
                f"not a line that git writes to a pre-receive hook: {line.strip()!r}",
                help="make it the hook: hooks/pre-receive, as the documentation has it",
            )
        pushes.append(Push(old=parts[0], new=parts[1], ref=parts[2]))
    return pushes


def account_of(text: str, host: str) -> Account:
    """Read LOGIN:ID, an account of a server; RegistryError if it is none."""
    login, _, id = text.rpartition(":")
    if not login or not id.isdecimal() or int(id) < 1:
        raise RegistryError(
            f"{text!r} is not an account", help="write LOGIN:ID, such as alice:1001"
        )
    return Account(login=login, id=int(id), type="User", host=host, forge="git")


def host_of(config: Config) -> str:
    """Return the server whose accounts registry.yaml knows, "" if there is none."""
    return next(
        (accounts.host for accounts in config.policy.accounts if accounts.forge == "git"), ""
    )


def decide(
    repository: Repository,
    push: Push,
    pusher: Pusher,
    question: Question,
    show: Callable[[Report], None],
) -> str:
    """Return why a push is refused, "" if it is allowed; `show` gets the report on what was judged.

    `question` says how to check. RepositoryError if the repository has no published branch yet.
    """
    config = settings.load_config(repository, "HEAD")
    branch = f"{HEADS}{config.branch}"
    if push.ref not in (branch,) and not push.ref.startswith(PROPOSALS):
        where = f"push to {config.branch}, or propose: git push origin HEAD:{PROPOSALS}NAME"
        return "" if pusher.is_maintainer else f"only maintainers push there; {where}"
    if push.deletes:
        allowed = pusher.is_maintainer and push.ref != branch
        return "" if allowed else "a branch that others rely on is not removed"
    if not push.creates and push.old not in repository.merge_bases(push.old, push.new):
        return "history is not rewritten: every date in the registry comes from it"
    base = push.old if push.ref == branch else repository.commit(branch)
    report = _judge(repository, base, push, pusher, question)
    show(report)
    if push.ref != branch:
        return report.reason if report.verdict is Verdict.REJECT else ""
    return _reason_to_refuse(repository, config, push, pusher, report)


def _judge(
    repository: Repository, base: str, push: Push, pusher: Pusher, question: Question
) -> Report:
    from dataclasses import replace

    account = pusher.account
    request = ChangeRequest(
        forge="git",
        host=account.host if account else "",
        author=account,
        pusher=account,
        head_owner=account,
        internal=pusher.is_maintainer,
        base=base,
        head=push.new,
    )
    event = change_request.write(request)
    return gate.answer(repository, replace(question, base=base, head=push.new, event=event))


def _reason_to_refuse(
    repository: Repository, config: Config, push: Push, pusher: Pusher, report: Report
) -> str:
    if report.verdict is Verdict.REJECT:
        return report.reason
    if pusher.is_maintainer:
        return ""
    propose = f"propose it to a maintainer: git push origin HEAD:{PROPOSALS}NAME"
    if report.verdict is not Verdict.ACCEPT:
        return f"a person must look: {report.reason}; {propose}"
    waiting = [
        namespace.namespace for namespace in report.namespaces if namespace.new or namespace.waits
    ]
    if waiting and config.policy.new_namespace_hours:
        hours = config.policy.new_namespace_hours
        return f"{', '.join(waiting)} waits {hours} hours for objections; {propose}"
    # What lies in between would become part of the registry's history, unread by anybody.
    bounds = MAINTAINER if pusher.is_maintainer else PUBLISHER
    brought = commits.proposed(repository, push.old, push.new, bounds)
    parents = str(repository.repo.git.rev_list("--parents", "--max-count=1", push.new)).split()[1:]
    if brought != (push.new,) or parents != [push.old]:
        return "push one commit on the tip of the branch: git rebase, and git merge --squash"
    size = repository.sizes([push.new])[push.new]
    if size > _COMMIT_BYTES:
        return f"the commit's message and headers have {size:,} bytes, at most {_COMMIT_BYTES:,} are taken"
    return ""
