"""What a build changes in a site, counted as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from builder.output.writer import SiteFile, WrittenPages


@dataclass(slots=True)
class SiteChanges:
    """The files of a site and their bytes, and the paths that a build wrote and removed.

    `largest` is the size in bytes of the largest file that was made anew or belongs to the whole
    registry.
    """

    files: int = 0
    bytes: int = 0
    largest: int = 0
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Of all files that were recorded."""

    def record(self, made: WrittenPages, previous: Sequence[SiteFile]) -> None:
        """Count what a maker's pages became, and which of their previous files go."""
        self.files += len(made.files) - len(previous)
        self.bytes += _size(made.files) - _size(previous)
        self.largest = max([self.largest, *(file.size for file in made.files)])
        self.written += made.written
        paths = [file.path for file in made.files]
        self.paths += paths
        self.removed += sorted({file.path for file in previous}.difference(paths))

    def record_removed(self, previous: Sequence[SiteFile]) -> None:
        """Count the files of a maker that is gone."""
        self.record(WrittenPages(files=(), written=()), previous)


def _size(files: Iterable[SiteFile]) -> int:
    return sum(file.size for file in files)
