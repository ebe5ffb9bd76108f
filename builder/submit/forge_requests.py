"""Requests through the API of each forge: read a file, fork, branch, one commit, open; what was said.

No clone is made. What is there already is asked of the API.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from builder.forge.forge import Refused
from builder.forge.rest import Rest
from builder.submit.request import OpenedRequest, RegistryRepository, RequestPlan, Target

_CONFLICT = (409, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeApi:
    """A kind of forge: how its requests are made and read.

    `token` returns the headers that bring a token; `find` the open request from a branch of ours,
    None if there is none; `labels` the names of a request's labels.
    """

    token: Callable[[str], Mapping[str, str]]
    accept: str = "application/json"
    login: str
    read: Callable[[RegistryRepository, str], bytes | None]
    open: Callable[[Target, RequestPlan], OpenedRequest]
    find: Callable[[Target, RequestPlan], OpenedRequest | None]
    labels: Callable[[Target, int], list[str]]


def open_request(target: Target, request: RequestPlan) -> OpenedRequest:
    """Open a request, or bring the open one from the same branch up to date.

    RemoteError if the forge refuses.
    """
    api = APIS[target.kind]
    try:
        return api.open(target, request)
    except Refused as error:
        opened = api.find(target, request) if error.status in _CONFLICT else None
        if opened is None:
            raise
        return opened


def _opened(value: Any) -> OpenedRequest:
    number, address = value.get("iid", value.get("number")), value.get("web_url")
    return OpenedRequest(number=int(number), address=str(value.get("html_url") or address))


def _content(answer: Any) -> bytes | None:
    return None if answer is None else base64.b64decode(answer["content"])


def _read_contents(target: RegistryRepository, path: str) -> bytes | None:
    where = f"repos/{target.repository}/contents/{quote(path)}"
    return _content(target.rest.send_if_there("GET", where))


def _read_gitlab(target: RegistryRepository, path: str) -> bytes | None:
    project, file = quote(target.repository, safe=""), quote(path, safe="")
    where = f"projects/{project}/repository/files/{file}?ref=HEAD"
    return _content(target.rest.send_if_there("GET", where))


def _github(target: Target, request: RequestPlan) -> OpenedRequest:
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
    return _opened(send("POST", f"{upstream}/pulls", content))


def _create_or_move(rest: Rest, fork: str, ref: Mapping[str, str]) -> None:
    """Make a branch of our own fork, or move the one of an earlier attempt."""
    try:
        rest.send("POST", f"{fork}/git/refs", ref)
    except Refused as error:
        if error.status not in _CONFLICT:
            raise
        moved = {"sha": ref["sha"], "force": True}
        rest.send("PATCH", f"{fork}/git/{ref['ref']}", moved)


def _gitlab(target: Target, request: RequestPlan) -> OpenedRequest:
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
            {
                "action": "update" if path in request.replaced else "create",
                "file_path": path,
                "content": data.decode(),
            }
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
    return _opened(send("POST", f"projects/{fork}/merge_requests", content))


def _gitlab_fork(target: Target, upstream: str) -> int:
    """Return the number of our fork, made if there is none."""
    name = target.repository.rpartition("/")[2]
    own = quote(f"{target.account.login}/{name}", safe="")
    fork = target.rest.send_if_there("GET", f"projects/{own}")
    return int((fork or target.rest.send("POST", f"{upstream}/fork", {}))["id"])


def _forgejo(target: Target, request: RequestPlan) -> OpenedRequest:
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
            {
                "path": path,
                "content": base64.b64encode(data).decode(),
                **_forgejo_operation(target, path, request.replaced),
            }
            for path, data in request.files.items()
        ],
    }
    send("POST", f"{fork}/contents", commit)
    content = {
        "title": request.title,
        "head": f"{target.account.login}:{request.branch}",
        "base": request.base,
    }
    return _opened(send("POST", f"{upstream}/pulls", content))


def _forgejo_operation(target: Target, path: str, replaced: frozenset[str]) -> dict[str, str]:
    if path not in replaced:
        return {"operation": "create"}
    # Of the very file that is replaced: another one since then is a conflict.
    there = target.rest.send("GET", f"repos/{target.repository}/contents/{quote(path)}")
    return {"operation": "update", "sha": str(there["sha"])}


def _find_github(target: Target, request: RequestPlan) -> OpenedRequest | None:
    head = quote(f"{target.account.login}:{request.branch}", safe="")
    pulls = target.rest.send("GET", f"repos/{target.repository}/pulls?state=open&head={head}")
    return next(map(_opened, pulls or ()), None)


def _find_gitlab(target: Target, request: RequestPlan) -> OpenedRequest | None:
    project, branch = quote(target.repository, safe=""), quote(request.branch, safe="")
    where = f"projects/{project}/merge_requests?state=opened&source_branch={branch}"
    ours = (
        merge_request
        for merge_request in target.rest.send("GET", where)
        if merge_request["author"]["id"] == target.account.id
    )
    return next(map(_opened, ours), None)


def _find_forgejo(target: Target, request: RequestPlan) -> OpenedRequest | None:
    pulls = target.rest.pages(f"repos/{target.repository}/pulls", {"state": "open"})
    ours = (
        pull
        for pull in pulls
        if pull["head"]["ref"] == request.branch and pull["user"]["id"] == target.account.id
    )
    return next(map(_opened, ours), None)


def _labels(target: Target, number: int) -> list[str]:
    issue = target.rest.send("GET", f"repos/{target.repository}/issues/{number}")
    return [str(label["name"]) for label in issue["labels"]]


def _labels_gitlab(target: Target, number: int) -> list[str]:
    project = quote(target.repository, safe="")
    request = target.rest.send("GET", f"projects/{project}/merge_requests/{number}")
    return list(map(str, request["labels"]))


APIS: Mapping[str, ForgeApi] = {
    "github": ForgeApi(
        token=lambda token: {"Authorization": f"Bearer {token}"},
        accept="application/vnd.github+json",
        login="login",
        read=_read_contents,
        open=_github,
        find=_find_github,
        labels=_labels,
    ),
    "gitlab": ForgeApi(
        token=lambda token: {"PRIVATE-TOKEN": token},
        login="username",
        read=_read_gitlab,
        open=_gitlab,
        find=_find_gitlab,
        labels=_labels_gitlab,
    ),
    "forgejo": ForgeApi(
        token=lambda token: {"Authorization": f"token {token}"},
        login="login",
        read=_read_contents,
        open=_forgejo,
        find=_find_forgejo,
        labels=_labels,
    ),
}
