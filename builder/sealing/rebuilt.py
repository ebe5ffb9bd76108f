"""What building a site again showed: as a sentence, as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from builder.model.wording import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildResult:
    """A site, what it says that it was built from and with, and the files that differ."""

    site: str
    commit: str
    builder: str
    files: int
    differences: Sequence[str]

    @property
    def sentence(self) -> str:
        """Return the result in one line."""
        if not self.differences:
            return f"equal: {self.files:,} files of commit {self.commit}"
        count = f"{len(self.differences):,} of {self.files:,}"
        return f"not equal: {count} files of commit {self.commit}"


def as_json(result: RebuildResult) -> bytes:
    """Return a result for programs, with every difference."""
    value = {
        "site": result.site,
        "commit": result.commit,
        "builder": result.builder,
        "files": result.files,
        "equal": not result.differences,
        "differences": list(result.differences),
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_markdown(result: RebuildResult, shown: int) -> str:
    """Return a result for people, with the first differences: paths are of the site, and not trusted."""
    lines = [f"## {result.site} built again", "", result.sentence, ""]
    # Indented: whatever stands in a path, no Markdown is made of it.
    lines += [f"    {visible(' '.join(line.split()))}" for line in result.differences[:shown]]
    return "\n".join(lines) + "\n"
