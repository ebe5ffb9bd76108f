"""Mistakes of a document as a whole: empty, of another format, in conflict, or not to its end."""

from __future__ import annotations

import re

from builder.rules.json_mistakes.stop import Mistake, Stop

_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?:[ \t\r]|$)", re.MULTILINE)
_ASSIGNMENT = re.compile(r"[\w.\"-]+ *= *\S|\[[\w.]+\]\s*$")
_YAML = re.compile(r"(?:---\s|[A-Za-z_$\"'][\w$\"'-]*:(?:\s|$))")


def empty(stop: Stop) -> Mistake | None:
    """Return the mistake if there is nothing but white space."""
    if stop.text.strip():
        return None
    return Mistake("the file is empty", "mcp-registry new writes a first entry", 0)


def conflict(stop: Stop) -> Mistake | None:
    """Return the mistake if git left the marks of a merge conflict."""
    marker = _CONFLICT.search(stop.text)
    if marker is None:
        return None
    help = "keep the lines that count and delete the lines with <<<<<<<, ======= and >>>>>>>"
    return Mistake("a merge conflict is not resolved", help, marker.start())


def other_format(stop: Stop) -> Mistake | None:
    """Return the mistake if the text begins as another format does."""
    start = stop.text.lstrip()
    if stop.text[: stop.at].strip() or start.startswith(("//", "/*", "#")):
        return None
    for name, applies in (
        ("a web page or XML", start.startswith("<") and not start.startswith("<<")),
        ("Markdown", start.startswith("```")),
        ("TOML", bool(_ASSIGNMENT.match(start))),
        ("YAML", bool(_YAML.match(start))),
    ):
        if applies:
            help = "an entry is JSON: it begins with { and ends with }"
            return Mistake(f"the file is {name}, not JSON", help, stop.at)
    return None


def end(stop: Stop) -> Mistake | None:
    """Return the mistake if it ends before its last bracket is closed."""
    if stop.text[stop.at :].strip():
        return None
    opened = _open_brackets(stop.text)
    if not opened:
        return None
    where = opened[-1]
    line = stop.text.count("\n", 0, where) + 1
    closing = {"{": "}", "[": "]"}[stop.text[where]]
    return Mistake(
        f"the file ends before the {stop.text[where]} of line {line} is closed",
        f"add {closing} where it ends",
        stop.at,
    )


def _open_brackets(text: str) -> list[int]:
    opened: list[int] = []
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', text, re.DOTALL):
        if token[0] in ("{", "["):
            opened.append(token.start())
        elif token[0] in ("}", "]") and opened:
            opened.pop()
    return opened
