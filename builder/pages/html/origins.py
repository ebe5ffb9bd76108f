"""Where a version comes from, for its page: the run that published it, and what its packages were built from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.catalogue.server import Version
from builder.model.proof_facts import ProvenanceFacts, RunFacts
from builder.pages.html.text import clean

_SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A sentence with a link in it: what comes before, the repository, its commit, what comes after."""

    before: str
    repository: str
    url: str
    commit: str
    after: str


def origins(version: Version) -> Sequence[Origin]:
    """Return what is known of where a version and its packages come from."""
    return list(_origins(version)) if version.facts else []


def _origins(version: Version) -> Iterator[Origin]:
    known = version.known_facts()
    if run := known.runs.get(version.version):
        yield _published(run)
    for name, package in known.packages.items():
        yield _built(name, package)


def _published(run: RunFacts) -> Origin:
    where = f"{clean(run.host)}/{clean(run.repository)}"
    return _origin(
        "Published by a run of",
        where,
        run.commit,
        f"({clean(run.workflow)}, signed on {run.signed})",
    )


def _built(name: str, package: ProvenanceFacts) -> Origin:
    where = clean(package.repository).removeprefix("https://")
    kind, _, package_name = clean(name).partition(" ")
    return _origin(
        f"{kind} {package_name}: built from",
        where,
        package.commit,
        f"(verified on {package.asked})",
    )


def _origin(before: str, where: str, commit: str, after: str) -> Origin:
    url = f"https://{where}/commit/{commit}"
    return Origin(before=before, repository=where, url=url, commit=commit[:_SHORT], after=after)
