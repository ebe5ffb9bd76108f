"""What a registry that is only read answers to who would write: where and how one publishes here.

Every host sends these texts: `serve`, the edge worker, and those that are configured by files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from builder.model.config import Config
from builder.model.forges import FORGE_KINDS
from builder.pages.api import problem
from builder.pages.api.problem import ProblemDocument

METHODS = ("POST", "PUT", "PATCH", "DELETE")
ADDRESSES = r"(publish|validate|auth/+[^/]+|servers/.+/status|servers/.+/versions/+[^/]+)/*"
"""What is written to in the official API, below /v0/ or /v0.1/; as a regular expression of any host."""
ELSEWHERE = "elsewhere"
_ADDRESS = re.compile(f"/*{ADDRESSES}", re.DOTALL)
_COMMANDS: Mapping[str, str] = {
    "POST": "run mcp-registry publish {}",
    "PUT": "publish a new version with mcp-registry publish {}",
    "PATCH": "run mcp-registry status {}",
    "DELETE": "run mcp-registry status --to deleted {}",
}
BARE: Mapping[str, ProblemDocument] = {
    "POST": problem.NO_PUBLISHING,
    "PUT": problem.NO_UPDATES,
    "PATCH": problem.NO_UPDATES,
    "DELETE": problem.NO_DELETION,
    ELSEWHERE: problem.NOT_WRITTEN,
}
"""The answers without the registry's own sentence."""


def refusals(config: Config) -> Mapping[str, ProblemDocument]:
    """Return the answers by method, and under ELSEWHERE the one for any other address of the API."""
    return {name: document.explained(_explanation(name, config)) for name, document in BARE.items()}


def stored(config: Config) -> bytes:
    """Return them as `read` takes them."""
    return orjson.dumps(texts(config), option=orjson.OPT_INDENT_2)


def texts(config: Config) -> dict[str, dict[str, Any]]:
    """Return them as JSON values, for programs that are no builder."""
    return {
        name: {"title": refusal.title, "status": refusal.status, "detail": refusal.detail}
        for name, refusal in refusals(config).items()
    }


def read(data: bytes) -> Mapping[str, ProblemDocument]:
    """Return what was stored with a site."""
    return {name: ProblemDocument(**values) for name, values in orjson.loads(data).items()}


def refused(method: str, below: str, answers: Mapping[str, ProblemDocument]) -> ProblemDocument:
    """Return the answer to a method other than GET, HEAD and OPTIONS; `below` is the path in the API."""
    if method not in METHODS:
        return problem.METHOD
    is_known = _ADDRESS.fullmatch(below) is not None
    return answers[method if is_known else ELSEWHERE]


def _explanation(name: str, config: Config) -> str:
    where, option = _place(config)
    command = _COMMANDS.get(name, _COMMANDS["POST"]).format(option)
    advice = f"{where}: {command}" if option else where
    page = f", or read {config.base_url}/docs/publish/" if config.documentation else ""
    # A dollar sign begins a variable in the files of nginx; escaped it is the same address.
    return f"{advice}{page}".replace("$", "%24")


def _place(config: Config) -> tuple[str, str]:
    """Return where one publishes, as words and as options of the commands."""
    audience, repository = config.publish.audience.rstrip("/"), config.repository
    if audience not in ("", config.base_url):
        return f"It is the API at {audience} that takes it", f"--registry {audience}"
    if repository:
        return f"It takes a {_request(repository)} at {repository}", f"--repository {repository}"
    return "Its operators take it", ""


def _request(repository: str) -> str:
    host = urlsplit(repository).hostname or ""
    is_gitlab = host == FORGE_KINDS["gitlab"].host or host.startswith("gitlab.")
    return "merge request" if is_gitlab else "pull request"
