"""How each kind of forge is asked about a repository, and what its answers are called.

GitHub: https://docs.github.com/rest/repos/repos#get-a-repository
GitLab: https://docs.gitlab.com/api/projects/ and /api/commits/
Forgejo and Gitea: https://codeberg.org/api/swagger, `repoGet` and `repoGetAllCommits`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from builder.model.forges import FORGE_KINDS, ForgeName

_SPDX = {
    name.lower(): name
    for name in (
        "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "CC0-1.0", "MulanPSL-2.0",
        "Unlicense", "Vim", "WTFPL", "Zlib", "BlueOak-1.0.0", "CC-BY-4.0", "CC-BY-SA-4.0", "PostgreSQL",
    )
}  # fmt: skip
"""GitLab writes an SPDX identifier in lower case; those that are not all capitals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeServer:
    """A forge that may be asked: its kind, the host of its repositories, its API, and a token."""

    kind: ForgeName
    host: str
    api: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryApi:
    """A kind of forge: where a repository and its newest commit are told, and how they are read.

    `path` finds the repository in the path of its page; `commit` is "" where the repository's own
    answer has the day.
    """

    path: re.Pattern[str]
    repository: str
    commit: str
    token: Callable[[str], Mapping[str, str]]
    licence: Callable[[Mapping[str, Any]], object]
    stars: str
    pushed: Callable[[Any], object]
    accept: str = "application/json"

    def addresses(self, api: str, place: str) -> tuple[str, str]:
        """Return where to ask for a repository and for its newest commit."""
        known = {"id": quote(place, safe=""), "path": place}
        commit = api + self.commit.format(**known) if self.commit else ""
        return api + self.repository.format(**known), commit


def _github_licence(answer: Mapping[str, Any]) -> object:
    licence = answer.get("license")
    spdx = licence.get("spdx_id") if isinstance(licence, dict) else None
    return None if spdx == "NOASSERTION" else spdx


def _gitlab_licence(answer: Mapping[str, Any]) -> object:
    licence = answer.get("license")
    key = licence.get("key") if isinstance(licence, dict) else None
    if not isinstance(key, str) or key == "other":
        return None
    return _SPDX.get(key, key.upper())


def _forgejo_licence(answer: Mapping[str, Any]) -> object:
    licences = answer.get("licenses")
    return " AND ".join(map(str, licences)) if isinstance(licences, list) else None


def _gitlab_day(commits: Any) -> object:
    return commits[0]["committed_date"]


def _forgejo_day(commits: Any) -> object:
    return commits[0]["commit"]["committer"]["date"]


def _bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


_TWO = re.compile(r"/([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?(?:/.*)?")
_GROUPS = re.compile(r"/([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+?)(?:\.git)?/?(?:/-/.*)?")

APIS: Mapping[ForgeName, RepositoryApi] = {
    "github": RepositoryApi(
        path=_TWO,
        repository="/repos/{path}",
        commit="",
        token=_bearer,
        licence=_github_licence,
        stars="stargazers_count",
        pushed=lambda answer: answer.get("pushed_at"),
        accept="application/vnd.github+json",
    ),
    "gitlab": RepositoryApi(
        path=_GROUPS,
        repository="/projects/{id}?license=true",
        commit="/projects/{id}/repository/commits?per_page=1",
        token=lambda token: {"PRIVATE-TOKEN": token},
        licence=_gitlab_licence,
        stars="star_count",
        pushed=_gitlab_day,
    ),
    "forgejo": RepositoryApi(
        path=_TWO,
        repository="/repos/{path}",
        commit="/repos/{path}/commits?limit=1&stat=false&verification=false&files=false",
        token=lambda token: {"Authorization": f"token {token}"},
        licence=_forgejo_licence,
        stars="stars_count",
        pushed=_forgejo_day,
    ),
}


def public_servers(tokens: Mapping[str, str]) -> Sequence[ForgeServer]:
    """Return the public server of each kind; `tokens` are by name, such as GITHUB_TOKEN."""
    return [
        ForgeServer(
            kind=kind, host=known.host, api=known.api(), token=tokens.get(known.token_variable, "")
        )
        for kind in APIS
        for known in (FORGE_KINDS[kind],)
    ]
