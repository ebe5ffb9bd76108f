"""Publishing by a pull or merge request, through the forge's API: fork, branch, one commit, request.

No clone is made. What is there already is asked of the API: the settings, and whether the
namespace has its namespace.yaml.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from builder import USER_AGENT
from builder.forge.forge import Refused
from builder.forge.rest import Rest
from builder.model import config, forges
from builder.model.errors import RegistryError
from builder.model.forges import FORGE_KINDS
from builder.model.layout import CONFIG, namespace_path
from builder.model.sidecars import Namespace
from builder.net.exchange import open_client
from builder.ownership import forge_account, proofs
from builder.ownership.account import Account
from builder.submit.submission import Submission

_CONFLICT = (409, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A registry's repository on a forge (`owner/name`), and the publisher's account there."""

    rest: Rest
    kind: str
    host: str
    repository: str
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlan:
    """What a request brings: files by path, for a branch of the registry from one of ours."""

    title: str
    base: str
    branch: str
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Api:
    """A kind of forge: the public API, how to read a file, and how to open a request."""

    public: str
    headers: Callable[[str], Mapping[str, str]]
    login: str
    read: Callable[[Target, str], bytes | None]
    open: Callable[[Target, RequestPlan], str]


def connect(address: str, variables: Mapping[str, str], api: str = "") -> Target:
    """Connect to the repository at a web address, such as https://github.com/example/registry.

    Raises RegistryError for an address of no forge that is known, or without a token.
    """
    parts = urlsplit(address)
    repository = parts.path.strip("/").removesuffix(".git")
    hosts = {kind.host: kind.name for kind in FORGE_KINDS.values() if kind.host}
    kind = hosts.get(parts.netloc.lower(), "")
    if kind not in _APIS or "/" not in repository:
        raise RegistryError(
            f"{address} is no repository on a forge that is known: {', '.join(sorted(hosts))}"
        )
    name = f"{kind.upper()}_TOKEN"
    token = variables.get(name, "")
    if not token:
        raise RegistryError(
            f"a request on {parts.netloc} needs a token", help=f"put one into the variable {name}"
        )
    made = _APIS[kind]
    base = api or made.public
    headers = {"User-Agent": USER_AGENT, **made.headers(token)}
    rest = Rest(client=open_client(base, headers, base_url=base))
    user = rest.send("GET", "user")
    account = Account(
        login=user[made.login],
        id=user["id"],
        type="User",
        host=parts.netloc.lower(),
        forge=FORGE_KINDS[kind].name,
    )
    return Target(
        rest=rest, kind=kind, host=parts.netloc.lower(), repository=repository, account=account
    )


def plan(target: Target, submission: Submission) -> RequestPlan:
    """Return the request that publishes a submission: with namespace.yaml if it is the first.

    RegistryError if the version is there already, or the repository is no registry.
    """
    read = _APIS[target.kind].read
    settings = read(target, CONFIG)
    if settings is None:
        raise RegistryError(f"{target.repository} has no {CONFIG}: it is no registry")
    if read(target, submission.path) is not None:
        raise RegistryError(
            f"{submission.title} is published already", help="a version never changes: raise it"
        )
    files = {submission.path: submission.data}
    owners = namespace_path(submission.namespace)
    if read(target, owners) is None and (first := _first_owners(target, submission.namespace)):
        files[owners] = f"{proofs.template(first)}\n".encode()
    return RequestPlan(
        title=f"Publish {submission.title}",
        base=config.parse(settings).branch,
        branch=f"publish/{submission.name.replace('/', '-')}-{submission.version}",
        files=files,
    )


def _first_owners(target: Target, namespace: str) -> Namespace | None:
    match = forges.account_of(namespace)
    account = target.account
    if match is None or (match[0].host, match[1]) != (account.host, account.login.lower()):
        return None
    return Namespace(owners=(forge_account.owner_of(account),), proof=account.forge)


def open_request(target: Target, request: RequestPlan) -> str:
    """Open the request, and return its address; RemoteError if the forge refuses."""
    return _APIS[target.kind].open(target, request)


def _content(answer: Any) -> bytes | None:
    return None if answer is None else base64.b64decode(answer["content"])


def _read_contents(target: Target, path: str) -> bytes | None:
    where = f"repos/{target.repository}/contents/{quote(path)}"
    return _content(target.rest.send_if_there("GET", where))


def _read_gitlab(target: Target, path: str) -> bytes | None:
    project, file = quote(target.repository, safe=""), quote(path, safe="")
    where = f"projects/{project}/repository/files/{file}?ref=HEAD"
    return _content(target.rest.send_if_there("GET", where))


def _github(target: Target, request: RequestPlan) -> str:
    send, upstream = target.rest.send, f"repos/{target.repository}"
    fork = f"repos/{send('POST', f'{upstream}/forks', {})['full_name']}"
    head = send("GET", f"{upstream}/git/ref/heads/{request.base}")["object"]["sha"]
    files = [
        {"path": path, "mode": "100644", "type": "blob", "content": data.decode()}
        for path, data in request.files.items()
    ]
    tree = send("POST", f"{fork}/git/trees", {"base_tree": head, "tree": files})["sha"]
    commit = {"message": request.title, "tree": tree, "parents": [head]}
    made = send("POST", f"{fork}/git/commits", commit)["sha"]
    ref = {"ref": f"refs/heads/{request.branch}", "sha": made}
    _create_or_move(target.rest, fork, ref)
    content = {
        "title": request.title,
        "head": f"{target.account.login}:{request.branch}",
        "base": request.base,
        "body": "",
    }
    return str(send("POST", f"{upstream}/pulls", content)["html_url"])


def _create_or_move(rest: Rest, fork: str, ref: Mapping[str, str]) -> None:
    """Make a branch of our own fork, or move the one of an earlier attempt."""
    try:
        rest.send("POST", f"{fork}/git/refs", ref)
    except Refused as error:
        if error.status not in _CONFLICT:
            raise
        moved = {"sha": ref["sha"], "force": True}
        rest.send("PATCH", f"{fork}/git/{ref['ref']}", moved)


def _gitlab(target: Target, request: RequestPlan) -> str:
    send, upstream = target.rest.send, f"projects/{quote(target.repository, safe='')}"
    project = send("GET", upstream)["id"]
    fork = _gitlab_fork(target, upstream)
    commit = {
        "branch": request.branch,
        "start_branch": request.base,
        "start_project": project,
        "commit_message": request.title,
        "force": True,
        "actions": [
            {"action": "create", "file_path": path, "content": data.decode()}
            for path, data in request.files.items()
        ],
    }
    send("POST", f"projects/{fork}/repository/commits", commit)
    content = {
        "source_branch": request.branch,
        "target_branch": request.base,
        "target_project_id": project,
        "title": request.title,
    }
    return str(send("POST", f"projects/{fork}/merge_requests", content)["web_url"])


def _gitlab_fork(target: Target, upstream: str) -> int:
    """Return the number of our fork, made if there is none."""
    name = target.repository.rpartition("/")[2]
    own = quote(f"{target.account.login}/{name}", safe="")
    found = target.rest.send_if_there("GET", f"projects/{own}")
    return int((found or target.rest.send("POST", f"{upstream}/fork", {}))["id"])


def _forgejo(target: Target, request: RequestPlan) -> str:
    send, upstream = target.rest.send, f"repos/{target.repository}"
    name = target.repository.rpartition("/")[2]
    fork = f"repos/{target.account.login}/{name}"
    if target.rest.send_if_there("GET", fork) is None:
        fork = f"repos/{send('POST', f'{upstream}/forks', {})['full_name']}"
    commit = {
        "branch": request.base,
        "new_branch": request.branch,
        "message": request.title,
        "files": [
            {"operation": "create", "path": path, "content": base64.b64encode(data).decode()}
            for path, data in request.files.items()
        ],
    }
    send("POST", f"{fork}/contents", commit)
    content = {
        "title": request.title,
        "head": f"{target.account.login}:{request.branch}",
        "base": request.base,
    }
    return str(send("POST", f"{upstream}/pulls", content)["html_url"])


_APIS: Mapping[str, _Api] = {
    "github": _Api(
        public="https://api.github.com",
        headers=lambda token: {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
        },
        login="login",
        read=_read_contents,
        open=_github,
    ),
    "gitlab": _Api(
        public="https://gitlab.com/api/v4",
        headers=lambda token: {"PRIVATE-TOKEN": token},
        login="username",
        read=_read_gitlab,
        open=_gitlab,
    ),
    "forgejo": _Api(
        public="https://codeberg.org/api/v1",
        headers=lambda token: {"Authorization": f"token {token}"},
        login="login",
        read=_read_contents,
        open=_forgejo,
    ),
}
