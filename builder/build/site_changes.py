"""What a build changes in a site, counted as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.output.file_list import FileList
from builder.output.writer import WrittenPages


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
    _made: list[FileList] = field(default_factory=list)

    def record(self, made: WrittenPages, previous: FileList) -> None:
        """Count what a maker's pages became, and which of their previous files go."""
        files = made.files
        self.files += files.count - previous.count
        self.bytes += files.bytes - previous.bytes
        self.largest = max(self.largest, files.largest)
        self.written += made.written
        self._made.append(files)
        if previous.count:
            paths = {file.path for file in files}
            self.removed += sorted({file.path for file in previous}.difference(paths))

    def record_removed(self, previous: FileList) -> None:
        """Count the files of a maker that is gone."""
        self.record(WrittenPages(files=FileList(), written=()), previous)

    def paths(self) -> Iterator[str]:
        """Yield the path of every file that was recorded."""
        return (file.path for files in self._made for file in files)
