"""Namespaces: a list of all, and a page for each with its servers and how it was proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

from builder.cache.chunks import pieces
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages import address
from builder.pages.html.browse import Choice, cut, paged
from builder.pages.html.environment import render, render_late
from builder.pages.html.group import NamespaceGroup
from builder.pages.html.group import groups as all_groups
from builder.pages.html.proof import dated, granted, proof
from builder.pages.html.row import ServerRow, hue, letter
from builder.pages.html.text import clean

NAMESPACES_PER_PAGE = 300
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
"""What stands in a query as it is."""


def _namespace_url(namespace: str, config: Config) -> str:
    """Where the servers of a namespace stand: its page, or on a lean site a search."""
    if config.pages.lean:
        plain = _PLAIN.fullmatch(namespace)  # as nearly all are: of 15,000 each is asked for
        return f"search/?q={namespace if plain else quote_plus(clean(namespace))}"
    return address.namespace_url(namespace)


def _by_title(row: ServerRow) -> tuple[bool, str, str]:
    return row.deprecated, row.title.lower(), row.name


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The list of namespaces."""
    groups = catalogue.derived(all_groups).values()
    choices = [
        Choice(
            title=group.namespace,
            servers=len(group.rows),
            url=_namespace_url(group.namespace, config),
        )
        for group in groups
    ]
    choices.sort(key=lambda choice: (choice.title.lower(), choice.title))
    largest = sorted(choices, key=lambda choice: (-choice.servers, choice.title.lower()))[:12]
    parts = list(pieces(choices, NAMESPACES_PER_PAGE, lambda choice: choice.title))
    for folder, pager, part in paged("namespaces", parts, rest="browse/namespaces"):
        values = {
            "namespaces": part,
            "largest": largest if pager.number == 1 else (),
            "total": counted(len(groups), "namespace") if pager.number == 1 else "",
            "pager": pager,
        }
        yield render_late("namespaces.html", folder, config, values, **values)


def namespace_pages(group: NamespaceGroup, config: Config) -> Iterator[Page]:
    """The pages of one namespace, with all its servers; none on a lean site."""
    if config.pages.lean:
        return
    namespace = group.namespace
    record = group.record or granted(namespace, config)
    for folder, pager, part in paged(
        address.namespace_folder(namespace), cut(sorted(group.rows, key=_by_title))
    ):
        yield render(
            "namespace.html",
            folder,
            config,
            namespace=namespace,
            letter=letter(namespace.rpartition(".")[2]),
            hue=hue(namespace),
            proof=dated(
                proof(namespace, record, "" if record else group.rows[0].source), group.proof
            ),
            rows=part,
            total=counted(len(group.rows), "server"),
            feed=address.url(address.namespace_feed(namespace)),
            pager=pager,
        )
