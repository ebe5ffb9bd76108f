"""The files that hosts are configured by (the table of them is builder/hosts/table.py).

What all of them are told is here once: cache policy, CORS, and which file answers which query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.hosts.table import WORKER, Tier, named
from builder.model.config import Config
from builder.model.page import JSON, PROBLEM, TYPES, Page
from builder.model.page_paths import INDEX
from builder.model.sidecars import Namespace
from builder.pages import default_documents, worker
from builder.pages.api import problem, servers, write_refusals
from builder.pages.api.servers import extension
from builder.pages.sync import lists
from builder.runtime import resources

NOT_FOUND = "v0.1/404.json"
"""The problem document that hosts without a script of their own send for a missing server."""
ERRORS = "v0.1/errors"
"""The folder of the other ones, named by their status and, of what would write, by the method."""
WRITES = ".hosts/serve/writes.json"
"""What `serve` answers to who would write, by method."""
LOGIN = ".hosts/serve/login.json"
"""What `serve` is told of the login for reading: it may have the site and no repository."""
METHODS = ("GET", "HEAD", "OPTIONS")
# https://docs.github.com/en/copilot/how-tos/administer-copilot/manage-mcp-usage/configure-mcp-registry
CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "*, Authorization, Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Type, Content-Length, ETag",
    "Access-Control-Max-Age": "86400",
}


IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=60, must-revalidate"
MISSING = "public, max-age=10"
"""For answers that say "not found": a CDN would otherwise hide a new server for a long time."""


def immutable_folders(config: Config) -> tuple[str, ...]:
    """Return the folders whose files are named by their content: they never change."""
    own = (
        "pages/all/index",
        "pages/latest/index",
        "changes/index",
        "changes/full",
        "names/shard",
        "log/tile",
        "search/part",
    )
    packs = ("packs/data", "packs/words") if config.is_packed else ()
    return (
        "assets",
        "brand",
        "icons",
        *packs,
        *(f"{extension(config)}/{folder}" for folder in own),
    )


def cache_control(path: str, config: Config) -> str:
    """Return the Cache-Control header for a path of the site."""
    folders = immutable_folders(config)
    return IMMUTABLE if path.startswith(tuple(f"{folder}/" for folder in folders)) else REVALIDATED


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A pattern of a query string, and the file below /v0.1/ that answers `/v0.1/servers` then.

    `target` may use the pattern's group as `{page}`; "" stands for "not found".
    """

    pattern: str
    target: str


def query_rules(config: Config) -> tuple[QueryRule, ...]:
    """Return which file answers the list on hosts that rewrite; the first rule that matches counts.

    Without any of these parameters it is the one document with all latest versions. That is also
    the answer to a search, which such a host cannot do: a superset, in which a client that looks
    for an exact name finds it. Of two lists the narrower one is the answer: who asks for the latest
    versions never gets another one, whatever else is asked. A cursor that is no page's is refused:
    with page 1 for it, a client would go round for ever.
    """
    pages = f"{extension(config).removeprefix('v0.1/')}/pages"
    return (
        QueryRule(r"(?:^|&)cursor=a(?P<page>[0-9]+)(?:&|$)", f"{pages}/all/{{page}}.json"),
        QueryRule(r"(?:^|&)cursor=l(?P<page>[0-9]+)(?:&|$)", f"{pages}/latest/{{page}}.json"),
        QueryRule(r"(?:^|&)cursor=[^&]", ""),
        QueryRule(r"(?:^|&)search=[^&]", f"servers/{INDEX}"),
        QueryRule(r"(?:^|&)version=latest(?:&|$)", f"{pages}/latest/1.json"),
        QueryRule(r"(?:^|&)updated_since=[^&]", f"{pages}/all/1.json"),
        QueryRule(
            r"(?:^|&)include_deleted=(?:1|[tT]|true|TRUE|True)(?:&|$)", f"{pages}/all/1.json"
        ),
        QueryRule(r"(?:^|&)limit=[^&]", f"{pages}/latest/1.json"),
    )


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Yield the API's documents as default documents of their folders, for hosts that need it (default_documents.py)."""
    if default_documents.are_wanted(config):
        for page in servers.server_pages(server, namespace, config):
            yield default_documents.copy(page)
    made = servers.server_pages(server, namespace, config)
    yield from default_documents.beside_folders(made, config)


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the files of all named hosts; those of a folder that is also published to be served first."""
    hosts = named(config.hosts)
    wanted = dict(file for host in hosts for file in host.files)
    for path, template in wanted.items():
        yield Page(path, render(template, config))
    if config.reading:
        yield Page(LOGIN, config.reading.model_dump_json(indent=2).encode())
    yield Page(NOT_FOUND, problem.NOT_FOUND.body())
    yield Page(WRITES, write_refusals.stored(config))
    if any(host.tier is Tier.REWRITING for host in hosts):
        yield from _errors(config)
    if any(host.runs_worker for host in hosts):
        yield from worker.pages(WORKER, worker_settings(config))
    if any(host.files_by_cursor for host in hosts):
        yield from _pages_by_cursor(catalogue, config)
    if default_documents.are_wanted(config):
        folders = (page for page in servers.catalogue_pages(catalogue, config) if "/" in page.path)
        yield from (default_documents.copy(page) for page in folders)
    made = servers.catalogue_pages(catalogue, config)
    yield from default_documents.beside_folders(made, config)


def worker_settings(config: Config) -> Mapping[str, Any]:
    """Return what the edge worker is told of its registry."""
    cache = {"found": REVALIDATED, "missing": MISSING, "immutable": IMMUTABLE}
    packed = {"types": TYPES, "immutable": immutable_folders(config)} if config.is_packed else None
    headers = {"cors": CORS, "methods": METHODS, "cache": cache}
    return {**worker.settings(config), **headers, "packed": packed}


def render(template: str, config: Config) -> bytes:
    """Fill in a template of site/hosts/ for a registry."""
    base = urlsplit(config.base_url)
    values: dict[str, Any] = {
        "prefix": base.path.rstrip("/"),
        "origin": f"{base.scheme}://{base.netloc}",
        "config": config,
        "extension": extension(config),
        "cors": CORS,
        "methods": METHODS,
        "json_type": JSON,
        "problem_type": PROBLEM,
        "types": {ending: kind.partition(";")[0] for ending, kind in TYPES.items()},
        "not_found_file": NOT_FOUND,
        "errors_folder": ERRORS,
        "not_found": problem.NOT_FOUND.body().decode(),
        "writes": {
            method: document.body().decode()
            for method, document in write_refusals.refusals(config).items()
        },
        "write_methods": write_refusals.METHODS,
        "write_addresses": write_refusals.ADDRESSES,
        "problems": {
            "bad": problem.BAD_REQUEST.body().decode(),
            "method": problem.METHOD.body().decode(),
            "range": problem.RANGE.body().decode(),
        },
        "rules": query_rules(config),
        "immutable_folders": immutable_folders(config),
        "immutable": IMMUTABLE,
        "revalidated": REVALIDATED,
        "missing": MISSING,
    }
    return _environment().get_template(template).render(values).encode()


def _errors(config: Config) -> Iterator[Page]:
    for document in (problem.BAD_REQUEST, problem.METHOD, problem.RANGE):
        yield Page(f"{ERRORS}/{document.status}.json", document.body())
    for method, document in write_refusals.refusals(config).items():
        yield Page(f"{ERRORS}/{document.status}-{method}.json", document.body())


def _pages_by_cursor(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the list pages under the name of their cursor: Netlify can put a parameter into a path."""
    for listing in lists.listings(catalogue, config):
        for page in lists.pages(listing, catalogue.memo):
            number = re.fullmatch(r".*/([0-9]+)\.json", page.path)
            if number is not None:
                cursor = f"{listing.letter}{number[1]}"
                yield page.at(f"{extension(config)}/cursor/{cursor}.json")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.folder("site") / "hosts"),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.filters["regex"] = re.escape
    return environment
