"""Advisories and malicious-package records by package: which of them are about what an entry runs.

The form of the records is OSV's (https://ossf.github.io/osv-schema/). A range is compared where its
versions are semantic ones; else the versions that a record lists count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from builder.model.json_values import as_object, objects, text
from builder.model.version import semver_key
from builder.policy import package_forms
from builder.policy.document import Values

_ECOSYSTEMS = {"npm": "npm", "pypi": "pypi", "nuget": "nuget", "crates.io": "cargo"}
_LONGEST = 200
INDEX_FILE = "advisories.json"
"""The index of all advisories, in the git folder: made by `mcp-registry advisories`."""


class AffectedRange(NamedTuple):
    """Versions from `introduced` on, up to before `fixed`, or up to `last`; "" for no bound."""

    introduced: str
    fixed: str
    last: str


class Advisory(NamedTuple):
    """One record about one package. Without versions and ranges it is about every version."""

    id: str
    summary: str
    versions: frozenset[str]
    ranges: tuple[AffectedRange, ...]

    def affects(self, version: str) -> bool:
        """Return whether it is about a version of its package."""
        if not self.versions and not self.ranges:
            return True
        listed = version in self.versions or package_forms.version(version) in _same(self.versions)
        return listed or any(_is_within(version, span) for span in self.ranges)


class Affected(NamedTuple):
    """An advisory that is about a package of an entry."""

    id: str
    summary: str
    package: str
    version: str


class Advisories:
    """Advisories by package, `<type>:<name>` as `package_key` writes it."""

    def __init__(self, by_package: Mapping[str, Iterable[Advisory]] | None = None) -> None:
        self.by_package = {key: tuple(value) for key, value in (by_package or {}).items()}

    def joined(self, other: Advisories) -> Advisories:
        """Return the advisories of both."""
        keys = {*self.by_package, *other.by_package}
        none: tuple[Advisory, ...] = ()
        return Advisories(
            {
                key: dict.fromkeys(
                    (*self.by_package.get(key, none), *other.by_package.get(key, none))
                )
                for key in keys
            }
        )

    def about(self, document: Values) -> tuple[Affected, ...]:
        """Return the advisories about what a document runs, by id."""
        affected = (
            Affected(advisory.id, advisory.summary, text(package, "identifier"), version)
            for package in objects(document.get("packages"))
            for version in [text(package, "version")]
            for advisory in self.by_package.get(_key(package), ())
            if advisory.affects(version)
        )
        return tuple(sorted(set(affected)))

    def rows(self) -> dict[str, list[list[Any]]]:
        """Return them as JSON, to be read by `of_rows`."""
        return {
            key: [
                [
                    advisory.id,
                    advisory.summary,
                    sorted(advisory.versions),
                    [list(span) for span in advisory.ranges],
                ]
                for advisory in sorted(advisories, key=lambda advisory: advisory.id)
            ]
            for key, advisories in sorted(self.by_package.items())
        }


NO_ADVISORIES = Advisories()


def of_rows(rows: Mapping[str, Iterable[Any]]) -> Advisories:
    """Return the advisories that `rows` wrote."""
    return Advisories(
        {
            key: [
                Advisory(
                    id, summary, frozenset(versions), tuple(AffectedRange(*span) for span in spans)
                )
                for id, summary, versions, spans in listed
            ]
            for key, listed in rows.items()
        }
    )


def of_records(records: Iterable[object]) -> Advisories:
    """Return the advisories in OSV records; what has another form, or is withdrawn, is left out."""
    by_package: dict[str, list[Advisory]] = {}
    for record in records:
        for key, advisory in _of_record(as_object(record)):
            by_package.setdefault(key, []).append(advisory)
    return Advisories(by_package)


def _of_record(record: Values) -> Iterator[tuple[str, Advisory]]:
    id = text(record, "id")
    if not id or not id.isprintable() or len(id) > _LONGEST or record.get("withdrawn"):
        return
    summary = " ".join((text(record, "summary") or text(record, "details")).split())
    for affected in objects(record.get("affected")):
        package = as_object(affected.get("package"))
        kind = _ECOSYSTEMS.get(text(package, "ecosystem").partition(":")[0].lower())
        name = text(package, "name")
        if kind and name:
            versions = affected.get("versions")
            listed = (
                [version for version in versions if isinstance(version, str)]
                if isinstance(versions, list)
                else []
            )
            spans = tuple(_ranges(affected))
            yield (
                package_key(kind, name),
                Advisory(id, summary[:_LONGEST], frozenset(listed), spans),
            )


def _ranges(affected: Values) -> Iterator[AffectedRange]:
    for listed_range in objects(affected.get("ranges")):
        if text(listed_range, "type") == "GIT":
            continue
        introduced = ""
        for event in objects(listed_range.get("events")):
            if "introduced" in event:
                introduced = text(event, "introduced")
                continue
            fixed, last = text(event, "fixed"), text(event, "last_affected")
            if introduced and (fixed or last):
                yield AffectedRange(introduced, fixed, last)
                introduced = ""
        if introduced:
            yield AffectedRange(introduced, "", "")


def package_key(kind: str, name: str) -> str:
    """Return the key of a package: names of PyPI and NuGet are the same in several spellings."""
    return f"{kind}:{package_forms.identity({'registryType': kind, 'identifier': name})}"


@lru_cache(maxsize=4096)
def _same(versions: frozenset[str]) -> frozenset[str]:
    return frozenset(map(package_forms.version, versions))


def _key(package: Values) -> str:
    return package_key(text(package, "registryType"), text(package, "identifier"))


def _is_within(version: str, span: AffectedRange) -> bool:
    if span.introduced == "0" and not span.fixed and not span.last:
        return True
    key = semver_key(version.removeprefix("v"))
    if key is None:
        return False
    low, fixed, last = (semver_key(bound) if bound else None for bound in span)
    if (span.introduced != "0" and low is None) or (span.fixed and fixed is None):
        return False
    after = span.introduced == "0" or (low is not None and key >= low)
    before = fixed is None or key < fixed
    return after and before and (not span.last or (last is not None and key <= last))
