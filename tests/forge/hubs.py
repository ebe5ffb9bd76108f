"""One way to speak of a registry on any forge in tests: people, forks, requests, what was said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from builder import cli
from tests.forge import forgejo_server, github_server, gitlab_server
from tests.forge.forgejo_server import ForgejoServer
from tests.forge.github_server import GitHubServer
from tests.forge.gitlab_server import GitLabServer
from tests.local_server import serving
from tests.registry import CONFIG, Registry

ALICE, MALLORY, BOB = ("alice", 583231), ("mallory", 666), ("bob", 42)
Person = tuple[str, int]
NAMES = {"github": "io.github", "gitlab": "io.gitlab", "forgejo": "page.codeberg"}


class _Open(Protocol):
    def __call__(self, head: str, author: Person, fork: Person | None, /, *, group: bool) -> int:
        """Open a request by an author from a fork of a person or a group; None: it was deleted."""


@dataclass
class Hub:
    """A registry on a forge, and a clone in which its gate runs."""

    kind: str
    git: Registry
    server: Any
    open: _Open
    push: Callable[[int, str], None]
    say: Callable[[int, str, Person, bool], object]
    texts: Callable[[int], list[str]]
    labels: Callable[[int], list[str]]
    is_open: Callable[[int], bool]
    started: Callable[[], int]
    during_merge: Callable[[Callable[[], object]], None]
    variables: Mapping[str, str]
    folder: Path
    runs: int = field(default=0)

    @property
    def prefix(self) -> str:
        """Where this forge's accounts have their namespaces."""
        return NAMES[self.kind]

    def namespace(self, person: Person) -> str:
        return f"{self.prefix}.{person[0]}"

    def owned(self, person: Person, **more: Any) -> dict[str, str]:
        """namespace.yaml of an account's namespace."""
        owner = {self.kind: person[0], "id": person[1], **more}
        path = f"servers/{self.namespace(person)}/namespace.yaml"
        return {path: json.dumps({"owners": [owner], "proof": self.kind})}

    def propose(self, files: Mapping[str, Any], since: str = "main") -> str:
        self.git.git("checkout", "--quiet", "--detach", since)
        head = self.git.commit(files)
        self.git.git("checkout", "--quiet", "main")
        return head

    def tip(self) -> str:
        return self.git.git("rev-parse", "refs/heads/main")

    def run(self, *arguments: object, event: object = None) -> int:
        """Run `pull-request` in a fresh clone of the main branch."""
        self.runs += 1
        clone = self.folder / f"clone-{self.runs}"
        url = f"file://{self.git.root}"
        self.git.git("clone", "--quiet", "--branch=main", url, str(clone))
        words = [*map(str, arguments), "--root", str(clone)]
        if event is not None:
            trigger = self.folder / f"event-{self.runs}.json"
            trigger.write_text(json.dumps(event))
            words += ["--trigger", str(trigger)]
        return cli.run(["pull-request", *words])


@contextmanager
def hub(kind: str, folder: Path, config: str = CONFIG) -> Iterator[Hub]:
    """A registry on a forge of some kind, served on loopback."""
    git = Registry(folder / "forge", config)
    git.git("config", "receive.denyCurrentBranch", "updateInstead")
    with _MAKERS[kind](git, folder) as made:
        yield made


@contextmanager
def _github(git: Registry, folder: Path) -> Iterator[Hub]:
    server = GitHubServer(git)

    def open(head: str, author: Person, fork: Person | None, *, group: bool) -> int:
        number = server.open(head, author=author[0], id=author[1])
        side = server.pulls[number]["head"]
        if fork is None:
            side["repo"] = side["user"] = None
            return number
        owner = {"login": fork[0], "id": fork[1], "type": "Organization" if group else "User"}
        side["user"] = side["repo"]["owner"] = owner
        return number

    def say(number: int, body: str, who: Person, member: bool) -> None:
        association = "MEMBER" if member else "NONE"
        server.comment(number, body, author=who[0], association=association)
        server.comments[-1]["user"]["id"] = who[1]

    with serving(server.answer) as local:
        server.url = local.url
        yield Hub(
            kind="github",
            git=git,
            server=server,
            open=open,
            push=server.push,
            say=say,
            texts=lambda number: [
                comment["body"] for comment in server.comments if comment["issue"] == number
            ],
            labels=server.labels,
            is_open=lambda number: server.pulls[number]["state"] == "open",
            started=lambda: len(server.dispatched),
            during_merge=lambda action: setattr(server, "before_merge", action),
            variables={
                "GITHUB_API_URL": local.url,
                "GITHUB_REPOSITORY": github_server.REPOSITORY,
                "GITHUB_TOKEN": github_server.TOKEN,
            },
            folder=folder,
        )


@contextmanager
def _gitlab(git: Registry, folder: Path) -> Iterator[Hub]:
    server = GitLabServer(git)

    def open(head: str, author: Person, fork: Person | None, *, group: bool) -> int:
        if fork is None:
            return server.open(head, gitlab_server.user(*author), None)
        if group:
            project = gitlab_server.of_group(*fork, fork[1] + 2000)
        else:
            project = gitlab_server.personal(gitlab_server.user(*fork), fork[1] + 2000)
        return server.open(head, gitlab_server.user(*author), project)

    def say(number: int, body: str, who: Person, member: bool) -> None:
        server.members |= {who[1]: 40} if member else {}
        # GitLab carries out a line with a command of its own, and keeps it from the comment.
        body = re.sub(r"^/approve.*$", "", body, flags=re.MULTILINE)
        server.note(number, body, gitlab_server.user(*who))

    with serving(server.answer) as local:
        yield Hub(
            kind="gitlab",
            git=git,
            server=server,
            open=open,
            push=server.push,
            say=say,
            texts=lambda number: [note["body"] for note in server.notes if note["iid"] == number],
            labels=lambda number: list(server.merge_requests[number]["labels"]),
            is_open=lambda number: server.merge_requests[number]["state"] == "opened",
            started=lambda: len(server.pipelines),
            during_merge=lambda action: setattr(server, "before_notes", action),
            variables={
                "GITLAB_CI": "true",
                "CI_API_V4_URL": f"{local.url}/api/v4",
                "CI_PROJECT_ID": str(gitlab_server.PROJECT),
                "GITLAB_TOKEN": gitlab_server.TOKEN,
            },
            folder=folder,
        )


@contextmanager
def _forgejo(git: Registry, folder: Path) -> Iterator[Hub]:
    server = ForgejoServer(git)

    def open(head: str, author: Person, fork: Person | None, *, group: bool) -> int:
        if group and fork:
            server.organisations.add(fork[0])
        project = fork and forgejo_server.repository(forgejo_server.user(*fork), fork[1] + 2000)
        return server.open(head, forgejo_server.user(*author), project or None)

    def say(number: int, body: str, who: Person, member: bool) -> None:
        server.permissions |= {who[0]: "write"} if member else {}
        server.comment(number, body, forgejo_server.user(*who))

    with serving(server.answer) as local:
        yield Hub(
            kind="forgejo",
            git=git,
            server=server,
            open=open,
            push=server.push,
            say=say,
            texts=lambda number: [
                comment["body"] for comment in server.comments if comment["issue"] == number
            ],
            labels=lambda number: [label["name"] for label in server.pulls[number]["labels"]],
            is_open=lambda number: server.pulls[number]["state"] == "open",
            started=lambda: len(server.dispatched),
            during_merge=lambda action: setattr(server, "before_comments", action),
            variables={
                "FORGEJO_ACTIONS": "true",
                "GITHUB_API_URL": f"{local.url}/api/v1",
                "GITHUB_REPOSITORY": forgejo_server.REPOSITORY,
                "FORGEJO_TOKEN": forgejo_server.TOKEN,
            },
            folder=folder,
        )


_MAKERS = {"github": _github, "gitlab": _gitlab, "forgejo": _forgejo}
