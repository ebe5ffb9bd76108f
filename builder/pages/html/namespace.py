"""Namespaces: a list of all, and a page for each with its servers and how it was proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.catalogue import Catalogue
from builder.config import Config
from builder.page import Page
from builder.pages import address
from builder.pages.html.browse import Choice, Pager, paged
from builder.pages.html.environment import late, page_file, render, render_late
from builder.pages.html.proof import proof
from builder.pages.html.row import Row, hue, letter
from builder.pages.html.text import count
from builder.sidecar import Namespace

NAMESPACES_PER_PAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The servers of one namespace."""

    namespace: str
    rows: Sequence[Row]


def pages(catalogue: Catalogue, rows: Sequence[Row], config: Config) -> Iterator[Page]:
    """The list of namespaces and the pages of each."""
    grouped = groupby(rows, key=lambda row: row.namespace)
    groups = [Group(namespace=name, rows=tuple(found)) for name, found in grouped]
    yield from _index(groups, config)
    for group in groups:
        yield from _namespace(group, catalogue, config)


def _index(groups: Sequence[Group], config: Config) -> Iterator[Page]:
    choices = [
        Choice(
            title=group.namespace,
            servers=len(group.rows),
            url=address.namespace_url(group.namespace),
        )
        for group in groups
    ]
    largest = sorted(choices, key=lambda choice: (-choice.servers, choice.title))[:12]
    for folder, pager, part in paged(
        "namespaces", choices, NAMESPACES_PER_PAGE, rest="browse/namespaces"
    ):
        yield render_late(
            "namespaces.html",
            folder,
            config,
            namespaces=part,
            largest=largest if pager.number == 1 else (),
            total=count(len(groups), "namespace"),
            pager=pager,
        )


def _namespace(group: Group, catalogue: Catalogue, config: Config) -> Iterator[Page]:
    values = {
        "namespace": group.namespace,
        "record": catalogue.namespaces.get(group.namespace),
        "source": group.rows[0].source,
        "total": len(group.rows),
    }
    for folder, pager, part in paged(address.namespace_folder(group.namespace), group.rows):
        yield late(
            _page, page_file(folder), config, **values, folder=folder, rows=part, pager=pager
        )


def _page(
    _path: str,
    config: Config,
    *,
    folder: str,
    namespace: str,
    record: Namespace | None,
    source: str,
    total: int,
    rows: Sequence[Row],
    pager: Pager,
) -> Page:
    return render(
        "namespace.html",
        folder,
        config,
        namespace=namespace,
        letter=letter(namespace.rpartition(".")[2]),
        hue=hue(namespace),
        proof=proof(namespace, record, source),
        rows=rows,
        total=count(total, "server"),
        feed=address.url(address.namespace_feed(namespace)),
        pager=pager,
    )
