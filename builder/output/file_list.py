"""The files that a maker's pages became: as rows of JSON, for a site has hundreds of thousands of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from builder.cache.store import decode, encode


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of a site: its path, and the SHA-256 (hex) and size in bytes of its content.

    `inputs` is a hash of what the page was made from, "" where the page does not tell.
    """

    path: str
    digest: str
    size: int
    inputs: str = ""


@dataclass(frozen=True, slots=True)
class FileList:
    """Files in their order: `rows` as the cache keeps them, how many, their bytes, those of the largest.

    As objects they take twice the memory, and to send them from one process to another ten times
    the processor.
    """

    rows: bytes = b"[]"
    count: int = 0
    bytes: int = 0
    largest: int = 0

    def __iter__(self) -> Iterator[SiteFile]:
        """Yield the files, read from the rows."""
        return (SiteFile(*row) for row in decode(self.rows)) if self.count else iter(())


def of_files(files: Sequence[SiteFile]) -> FileList:
    """Return files as a list."""
    return of_rows([_row(file) for file in files])


def of_rows(rows: Sequence[Sequence[Any]]) -> FileList:
    """Return the files that the cache has as rows."""
    sizes = [row[2] for row in rows]
    return FileList(encode(rows), len(rows), sum(sizes), max(sizes, default=0))


def _row(file: SiteFile) -> list[str | int]:
    row: list[str | int] = [file.path, file.digest, file.size]
    return [*row, file.inputs] if file.inputs else row
