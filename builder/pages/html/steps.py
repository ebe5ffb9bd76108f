"""The versions of a server that are shown, each with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from builder.catalogue.server import Version
from builder.model.layout import encode_version
from builder.model.page_paths import server_folder, version_document
from builder.pages.address import server_url, url, version_url
from builder.pages.html.diff import ComparedDocument, FieldChange, changes
from builder.pages.html.reach import Reach, reach
from builder.pages.html.reach_changes import ReachChange, reach_changes
from builder.pages.html.text import clean, date, instant

LINE_CHANGES = 3
FIRST = (ReachChange(text="First version"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A version as a line of the list of versions; `url` is relative to the site's root.

    It is that of the version's page, of the server's page for the latest version, and of the
    document where there is no page. `anchor` is the line's own id.
    """

    version: str
    day: str
    time: str
    status: str
    latest: bool
    url: str
    has_page: bool
    anchor: str
    summary: Sequence[ReachChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A version with what it changed; `previous` is the version before it, if there is one.

    `reach` is that of its document. `summary` says what the changes mean for a reader.
    """

    version: Version
    content: dict[str, Any]
    reach: Reach
    previous: Version | None
    documents: tuple[ComparedDocument, ComparedDocument] | None
    summary: Sequence[ReachChange]

    def changes(self) -> tuple[FieldChange, ...]:
        """Return all differences of its document: the few pages that show them ask."""
        return changes(*self.documents) if self.documents else ()


def steps_of(versions: Sequence[Version]) -> list[Step]:
    """Compare each version with the one before it; the newest comes first."""
    read = [(version, version.content()) for version in versions]
    parsed = [
        (version, content, ComparedDocument(content), reach(content)) for version, content in read
    ]
    steps = []
    for newer, older in pairwise([*parsed, None]):
        assert newer is not None
        version, content, now, reaches = newer
        previous, _, before, reached = older or (None, {}, now, reaches)
        steps.append(
            Step(
                version=version,
                content=content,
                reach=reaches,
                previous=previous,
                documents=(before, now) if older else None,
                summary=reach_changes(reached, reaches, partial(changes, before, now))
                if older
                else (),
            )
        )
    return steps


def line(step: Step, *, has_page: bool = True) -> Line:
    """Make the line of a version in the list of versions."""
    version = step.version
    if version.is_latest:
        address = server_url(version.name)
    elif has_page:
        address = version_url(version.name, version.version)
    else:
        address = url(f"v0.1/{version_document(server_folder(version.name), version.version)}")
    return Line(
        version=clean(version.version),
        day=date(version.published),
        time=instant(version.published),
        status=version.status.value,
        latest=version.is_latest,
        url=address,
        has_page=has_page and not version.is_latest,
        anchor=f"v-{encode_version(version.version)}",
        summary=step.summary[:LINE_CHANGES] if step.previous else FIRST,
    )
