"""Namespaces: a list of all, and a page for each with its servers and how it was proved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from urllib.parse import quote_plus

from builder.cache.chunks import pieces
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages import address
from builder.pages.html.browse import Choice, cut, paged
from builder.pages.html.environment import inputs_hash, page_file, render
from builder.pages.html.group import NamespaceGroup
from builder.pages.html.group import groups as all_groups
from builder.pages.html.order import row_changes
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


Sizes = Sequence[tuple[str, int]]
"""Namespaces, each with how many servers it shows."""


def _all_sizes(catalogue: Catalogue) -> list[Sizes]:
    groups = catalogue.derived(all_groups)
    names = sorted(groups, key=lambda name: (name.lower(), name))
    sizes = [(name, len(groups[name].rows)) for name in names]
    return [*pieces(sizes, NAMESPACES_PER_PAGE, itemgetter(0))]


def _renewed_sizes(
    last: list[Sizes], catalogue: Catalogue, _changed: frozenset[str]
) -> list[Sizes]:
    changes = row_changes(catalogue)
    gone, new = (Counter(row.namespace for row in of) for of in (changes.gone, changes.new))
    return last if gone == new else _all_sizes(catalogue)


sizes = Renewable(_all_sizes, _renewed_sizes)
"""All namespaces by name as the pages of their list have them; `catalogue.derived` makes them once."""


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The list of namespaces."""
    parts = catalogue.derived(sizes)
    count = sum(map(len, parts))
    largest = nsmallest(12, chain.from_iterable(parts), key=lambda one: (-one[1], one[0].lower()))
    for folder, pager, part in paged("namespaces", parts, rest="browse/namespaces"):
        is_first = pager.number == 1
        shown = {"namespaces": part, "largest": largest if is_first else ()}
        total = counted(count, "namespace") if is_first else ""
        yield Page(
            page_file(folder),
            partial(_list_page, folder, config, shown, total=total, pager=pager),
            inputs_hash([shown, total, pager]),
        )


def _list_page(folder: str, config: Config, shown: Mapping[str, Sizes], **values: object) -> bytes:
    lists = {
        name: [
            Choice(title=namespace, servers=servers, url=_namespace_url(namespace, config))
            for namespace, servers in listed
        ]
        for name, listed in shown.items()
    }
    return render("namespaces.html", folder, config, **lists, **values).body


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
