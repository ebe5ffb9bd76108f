"""The edge worker's files: its modules as they are, and the settings in its entry file."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from builder.model.config import Config
from builder.model.page import Page
from builder.pages import assets, protected_resource
from builder.pages.api import limits, problem, write_refusals
from builder.pages.api.problem import ProblemDocument
from builder.runtime import resources

_PROBLEMS: Mapping[str, ProblemDocument] = {
    "notFound": problem.NOT_FOUND,
    "noEndpoint": problem.NO_ENDPOINT,
    "nul": problem.NUL,
    "badNameEncoding": problem.BAD_NAME_ENCODING,
    "badVersionEncoding": problem.BAD_VERSION_ENCODING,
    "badTime": problem.BAD_TIME,
    "deletedWithSince": problem.DELETED_WITH_SINCE,
    "invalid": problem.INVALID,
    "method": problem.METHOD,
    "login": problem.LOGIN,
    "forbidden": problem.FORBIDDEN,
    "noLoginNow": problem.NO_LOGIN_NOW,
    "unreadable": problem.UNREADABLE,
}
ENGINE = "search/"
_ENGINE = b'"../assets/search/'


def pages(folder: str, values: Mapping[str, Any]) -> Iterator[Page]:
    """Yield the worker's modules below a folder of the site, and its settings as one more.

    The search engine is the browser's; here its modules stand beside the worker's own.
    """
    for path in sorted((resources.folder("site") / "worker").glob("*.js")):
        yield Page(f"{folder}/{path.name}", path.read_bytes().replace(_ENGINE, b'"./'))
    for name, body in assets.files(ENGINE):
        yield Page(f"{folder}/{name.removeprefix(ENGINE)}", body)
    text = orjson.dumps(values, option=orjson.OPT_INDENT_2)
    yield Page(f"{folder}/settings.js", b"export default %b;\n" % text)


def settings(config: Config) -> dict[str, Any]:
    """Return what the worker is told of its registry's API (site/worker/types.js: Settings)."""
    return {
        "extension": config.extension_namespace,
        "baseUrl": config.base_url,
        # As the paths of requests are.
        "prefix": quote(urlsplit(config.base_url).path.rstrip("/"), safe=string.punctuation),
        "v0": config.api.v0,
        "login": protected_resource.worker_login(config.reading, config.base_url)
        if config.reading
        else None,
        "search": config.api.search,
        "overlapMinutes": config.api.updated_since_overlap_minutes,
        "limit": {"least": limits.LEAST, "usual": limits.USUAL, "most": limits.MOST},
        "problems": {
            **{
                name: {"title": problem.title, "status": problem.status, "detail": problem.detail}
                for name, problem in _PROBLEMS.items()
            },
            **write_refusals.texts(config),
        },
        "writes": {"methods": write_refusals.METHODS, "addresses": write_refusals.ADDRESSES},
    }
