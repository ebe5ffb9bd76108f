"""pull_request_target events in the shape in which GitHub sends them, cut to what is not links.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
"""

from __future__ import annotations

import json
from typing import Any

from builder.ownership.proposer import Claim
from builder.ownership.pull_request_event import read_claim

Json = dict[str, Any]
HEAD = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
BASE = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"


def account(login: str, id: int, type: str = "User") -> Json:
    """A user, an organisation or a bot, as an event shows it."""
    return {
        "login": login,
        "id": id,
        "node_id": f"U_{id}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{id}?v=4",
        "gravatar_id": "",
        "url": f"https://api.github.com/users/{login}",
        "html_url": f"https://github.com/{login}",
        "type": type,
        "user_view_type": "public",
        "site_admin": False,
    }


ALICE = account("alice", 583231)
MALLORY = account("mallory", 666)
ACME = account("acme", 9919, "Organization")
DEPENDABOT = account("dependabot[bot]", 49699333, "Bot")
GHOST = account("ghost", 10137)
REGISTRY = account("example", 1, "Organization")
MAINTAINER = account("maria", 77)


def repository(owner: Json, id: int, *, fork: bool) -> Json:
    return {
        "id": id,
        "node_id": f"R_{id}",
        "name": "registry",
        "full_name": f"{owner['login']}/registry",
        "private": False,
        "owner": owner,
        "html_url": f"https://github.com/{owner['login']}/registry",
        "fork": fork,
        "default_branch": "main",
        "visibility": "public",
    }


REGISTRY_REPOSITORY = repository(REGISTRY, 1000, fork=False)


def event(
    author: Json | None,
    fork: Json | None,
    *,
    head_user: Json | None = None,
    sender: Json | None = None,
    action: str = "opened",
    own_branch: bool = False,
    head: str = HEAD,
    base: str = BASE,
) -> Json:
    """A pull request by `author` from a branch in `fork`'s fork (None: the fork was deleted).

    `own_branch` takes the branch from the registry's own repository.
    """
    if own_branch:
        head_repository: Json | None = REGISTRY_REPOSITORY
        head_user = REGISTRY
    else:
        head_repository = repository(fork, 2000 + fork["id"], fork=True) if fork else None
        head_user = fork or head_user
    return {
        "action": action,
        "number": 42,
        "pull_request": {
            "id": 279147437,
            "number": 42,
            "state": "open",
            "locked": False,
            "title": "Publish weather 1.0.0",
            "user": author,
            "body": None,
            "head": {
                "label": f"{head_user['login']}:weather" if head_user else "unknown:weather",
                "ref": "weather",
                "sha": head,
                "user": head_user,
                "repo": head_repository,
            },
            "base": {
                "label": "example:main",
                "ref": "main",
                "sha": base,
                "user": REGISTRY,
                "repo": REGISTRY_REPOSITORY,
            },
            "author_association": "NONE",
            "draft": False,
            "maintainer_can_modify": True,
            "commits": 1,
            "changed_files": 2,
        },
        "repository": REGISTRY_REPOSITORY,
        "organization": {"login": "example", "id": 1},
        "sender": sender or author,
    }


def claim(*arguments: Any, head: str = "", **options: Any) -> Claim:
    """What the gate reads from such an event; without a head it is about any."""
    return read_claim(json.dumps(event(*arguments, head=head, **options)).encode())
