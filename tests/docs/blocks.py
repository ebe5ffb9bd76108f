"""The shell blocks of the README and of the documentation, as text and as single commands."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "site/docs"
PAGES = tuple(
    path.relative_to(ROOT).as_posix() for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
)

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_INLINE = re.compile(r"(?<!`)`(mcp-registry [^`\n]+)`(?!`)")


@dataclass(frozen=True, slots=True)
class Block:
    """One ```sh block: the page, the line it starts at (from 1), and what is in it."""

    page: str
    line: int
    text: str

    @property
    def commands(self) -> list[str]:
        """Its lines; a line that ends in a backslash goes on in the next one."""
        joined = self.text.replace("\\\n", " ")
        return [line for line in joined.splitlines() if line.strip()]


def blocks(page: str) -> list[Block]:
    """Give every shell block of a page."""
    text = (ROOT / page).read_text()
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, textwrap.dedent(found["body"]))
        for found in _FENCE.finditer(text)
        if found["language"] == "sh" and "title=" not in found[0].partition("\n")[0]
    ]


def console(page: str) -> list[str]:
    """Give the commands of a page's ```console blocks: what is typed after `$`, answers left out."""
    lines = "".join(_bodies(page, "console")).replace("\\\n", " ").splitlines()
    return [line[2:] for line in lines if line.startswith("$ ")]


def others(page: str) -> list[str]:
    """Give the lines of blocks that are neither run nor a console's: settings, code, drawings."""
    text = (ROOT / page).read_text()
    languages = {found["language"] for found in _FENCE.finditer(text)} - {"sh", "console"}
    return [
        line
        for language in languages
        for body in _bodies(page, language)
        for line in body.splitlines()
    ]


def _bodies(page: str, language: str) -> Iterator[str]:
    for found in _FENCE.finditer((ROOT / page).read_text()):
        if found["language"] == language:
            yield textwrap.dedent(found["body"])


def mentions(page: str) -> list[list[str]]:
    """Give the words of each `mcp-registry ...` that is not run: in a sentence, a table, a console."""
    inline = (found[1] for found in _INLINE.finditer((ROOT / page).read_text()))
    typed = (line for line in console(page) if program(line) == "mcp-registry")
    return [shlex.split(line, comments=True) for line in (*inline, *typed)]


def program(command: str) -> str:
    """Give the program that a line starts, "" for an assignment, a comment or shell grammar."""
    words = command.split("#")[0].split()
    while words and re.match(r"^\w+=", words[0]):
        words = words[1:]
    return words[0] if words else ""
