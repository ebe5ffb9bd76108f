"""One build: a revision of a repository becomes a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from builder import output, pages, source
from builder.catalogue import Catalogue, Server
from builder.config import Config
from builder.errors import FindingsError
from builder.finding import Finding, has_errors
from builder.git import Repository
from builder.page import Page
from builder.sidecar import Namespace

CHUNK = 64
Work = tuple[tuple[tuple[Server, Namespace | None], ...], Config]


def build(
    repository: Repository, rev: str, out: Path, jobs: int
) -> tuple[output.Summary, tuple[Finding, ...]]:
    """Build the site of a revision into `out`; what was written, and the warnings.

    Raises FindingsError (with the findings in `findings`) if an entry is wrong: then nothing has
    been written.
    """
    loaded = source.load(repository, rev)
    if has_errors(loaded.findings):
        raise EntriesError(loaded.findings)
    summary = output.write(all_pages(loaded.catalogue, loaded.config, jobs), out)
    return summary, loaded.findings


class EntriesError(FindingsError):
    """Entries are wrong, so nothing was built."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("nothing was built: entries are wrong")
        self.findings = findings


def all_pages(catalogue: Catalogue, config: Config, jobs: int = 1) -> Iterator[Page]:
    """Make every page; the pages of servers in `jobs` processes, in the same order for any number."""
    yield from pages.catalogue_pages(catalogue, config)
    work = list(_work(catalogue, config))
    if jobs == 1 or len(work) < jobs:
        for chunk in work:
            yield from _render(chunk)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("forkserver")) as pool:
        for rendered in pool.map(_render, work):
            yield from rendered


def _work(catalogue: Catalogue, config: Config) -> Iterator[Work]:
    for start in range(0, len(catalogue.servers), CHUNK):
        servers = catalogue.servers[start : start + CHUNK]
        yield (
            tuple((server, catalogue.namespaces.get(server.namespace)) for server in servers),
            config,
        )


def _render(work: Work) -> list[Page]:
    servers, config = work
    return [
        page
        for server, namespace in servers
        for page in pages.server_pages(server, namespace, config)
    ]
