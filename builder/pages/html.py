"""Pages for people: the list of servers, and a page for each server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import jinja2

from builder import resource
from builder.catalogue import Catalogue, Server
from builder.config import Config
from builder.page import Page
from builder.sidecar import Namespace


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """The page of one server; none if all its versions are deleted."""
    if server.visible:
        yield _render(
            "server.html",
            f"servers/{server.name}/index.html",
            server=server,
            namespace=namespace,
            config=config,
        )


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The list of all servers."""
    yield _render("list.html", "index.html", catalogue=catalogue, config=config)


def _render(template: str, path: str, **values: object) -> Page:
    return Page(path, _environment().get_template(template).render(values).encode())


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource.folder("site") / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
