"""What is most likely wrong with a text that is nearly JSON, and how to mend it.

A parser says what it expected; a publisher wants to know what to change. Each mistake here is
recognised by the characters around the place where the parser stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class Mistake(NamedTuple):
    """A mistake: the fact, the fix, and the character at which it stands."""

    message: str
    help: str
    offset: int


class _Stop(NamedTuple):
    """Where a parser stopped: the text, the character there, and the last one before it."""

    text: str
    at: int
    reason: str

    @property
    def rest(self) -> str:
        return self.text[self.at : self.at + 200]

    @property
    def previous(self) -> int:
        """The index of the last character before that is no white space; -1 for none."""
        return len(self.text[: self.at].rstrip()) - 1

    @property
    def before(self) -> str:
        return self.text[self.previous] if self.previous >= 0 else ""

    @property
    def line(self) -> tuple[int, str]:
        """Where the line begins, and what of it stands before the place."""
        start = self.text.rfind("\n", 0, self.at) + 1
        return start, self.text[start : self.at]


_CURLY = "“”„‟«»″"
_SINGLE = "'‘’‚`´"
_WORDS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
    "Null": "null",
    "nil": "null",
    "undefined": "null, or leave the key out",
    "yes": "true",
    "no": "false",
}
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?:[ \t\r]|$)", re.MULTILINE)
_KEY = re.compile(r"[A-Za-z_$][\w$.-]*\s*:")
_WORD = re.compile(r"[^\s,:{}\[\]\"]+")
_ASSIGNMENT = re.compile(r"[\w.\"-]+ *= *\S|\[[\w.]+\]\s*$")
_YAML = re.compile(r"(?:---\s|[A-Za-z_$\"'][\w$\"'-]*:(?:\s|$))")


def explain(text: str, at: int, reason: str) -> Mistake:
    """Return the mistake in a text at whose character `at` a parser of JSON stopped.

    `reason` is the parser's own message, told where no mistake is recognised.
    """
    stop = _Stop(text, min(at, len(text)), reason)
    for recognise in _MISTAKES:
        if mistake := recognise(stop):
            return mistake
    return Mistake(
        f"not JSON: {reason[:1].lower()}{reason[1:]}",
        "compare with the lines around it: quotes, commas, colons and brackets",
        stop.at,
    )


def _empty(stop: _Stop) -> Mistake | None:
    if stop.text.strip():
        return None
    return Mistake("the file is empty", "mcp-registry new writes a first entry", 0)


def _conflict(stop: _Stop) -> Mistake | None:
    marker = _CONFLICT.search(stop.text)
    if marker is None:
        return None
    help = "keep the lines that count and delete the lines with <<<<<<<, ======= and >>>>>>>"
    return Mistake("a merge conflict is not resolved", help, marker.start())


def _other_format(stop: _Stop) -> Mistake | None:
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


def _comment(stop: _Stop) -> Mistake | None:
    if not stop.rest.startswith(("//", "/*", "#", "<!--", "--")):
        return None
    return Mistake("a comment: JSON has none", "delete it", stop.at)


def _string(stop: _Stop) -> Mistake | None:
    if stop.reason.startswith("Unterminated string"):
        return Mistake(
            "a string is not closed", 'put a " at its end; a " inside of it is written \\"', stop.at
        )
    if stop.reason.startswith("Invalid control character"):
        what, written = ("a tab", "\\t") if stop.rest[:1] == "\t" else ("a line break", "\\n")
        if stop.rest[:1] not in ("\t", "\n", "\r"):
            what, written = f"the control character U+{ord(stop.rest[0]):04X}", "nothing"
        help = f'write {written} for it; or the " that closes the string is missing'
        return Mistake(f"{what} stands inside a string", help, stop.at)
    if stop.reason.startswith(("Invalid \\escape", "Invalid \\uXXXX")):
        help = "write \\\\ for a backslash, such as C:\\\\Users"
        return Mistake("a backslash begins no escape that JSON knows", help, stop.at)
    return None


def _quotes(stop: _Stop) -> Mistake | None:
    start, line = stop.line
    typographic = [index for index, character in enumerate(line) if character in _CURLY]
    if stop.rest[:1] in tuple(_CURLY) or typographic:
        place = stop.at if stop.rest[:1] in tuple(_CURLY) else start + typographic[0]
        help = 'write " around keys and texts: word processors make curly ones of them'
        return Mistake("a typographic quotation mark, which is not JSON's", help, place)
    if stop.rest[:1] in tuple(_SINGLE):
        return Mistake("single quotes", "write \" around keys and texts, not '", stop.at)
    return None


def _comma(stop: _Stop) -> Mistake | None:
    here = stop.rest[:1]
    if here == "," and stop.text[stop.at + 1 :].lstrip()[:1] in ("}", "]"):
        return Mistake("a trailing comma", "delete it", stop.at)
    if here in ("}", "]") and stop.before == ",":
        return Mistake("a trailing comma", "delete it", stop.previous)
    if here == "," and stop.before in (",", "[", "{"):
        return Mistake("a comma too many", "delete it", stop.at)
    if here in (",", "}", "]") and stop.before == ":":
        return Mistake("a key has no value", "write its value, or leave the key out", stop.at)
    return None


def _end(stop: _Stop) -> Mistake | None:
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


def _word(stop: _Stop) -> Mistake | None:
    match = _WORD.match(stop.rest)
    word = match[0] if match else ""
    if word in _WORDS:
        return Mistake(f"{word} is not JSON", f"write {_WORDS[word]}", stop.at)
    if word.startswith("..."):
        return Mistake("three dots stand for something left out", "write it out", stop.at)
    if _KEY.match(stop.rest) and stop.before in ("{", ","):
        return Mistake(f"the key {word} has no quotes", f'write "{word}"', stop.at)
    if stop.before in (":", "[", ",") and word[:1].isalpha():
        return Mistake(f"the text {word} has no quotes", f'write "{word}"', stop.at)
    return None


def _number(stop: _Stop) -> Mistake | None:
    adjacent = stop.at > 0 and stop.text[stop.at - 1].isdigit()
    if adjacent and stop.rest[:1].isdigit() and stop.before == "0":
        help = 'write a number without it; a text such as a version in quotes: "01"'
        return Mistake("a number has a leading zero", help, stop.previous)
    if adjacent and (stop.rest[:1] == "." or stop.rest[:1].isalpha()):
        help = 'put a version or another text in quotes: "1.0.0"'
        return Mistake("a text of digits has no quotes", help, stop.at)
    if stop.rest[:1] in ("+", ".") and stop.before in (":", "[", ","):
        return Mistake("a number begins with a digit or -", "write 0.5 for .5, and no +", stop.at)
    return None


def _punctuation(stop: _Stop) -> Mistake | None:
    if stop.rest[:1] == "=":
        return Mistake("an = between key and value", "write : instead", stop.at)
    if stop.rest[:1] == ";":
        return Mistake("a semicolon", "delete it, or write a comma", stop.at)
    if stop.reason.startswith("Extra data"):
        return _after_the_end(stop)
    if stop.reason.startswith("Expecting ':'"):
        return Mistake("a colon is missing after the key", 'write "key": "value"', stop.previous)
    if stop.reason.startswith("Expecting ','") and re.match(r'["{\[\w-]', stop.rest):
        return Mistake("a comma is missing", "add it after the value before", stop.previous)
    if stop.reason.startswith("Expecting ','") and stop.rest[:1] in ("}", "]"):
        return Mistake(
            f"{stop.rest[0]} closes what another bracket has opened",
            "each { is closed by }, each [ by ]",
            stop.at,
        )
    return None


def _after_the_end(stop: _Stop) -> Mistake:
    if stop.rest[:1] in ("}", "]"):
        return Mistake(f"a {stop.rest[0]} too many", "delete it", stop.at)
    if stop.rest[:1] in ("{", "["):
        return Mistake(
            "a second document follows the first", "one file is one version: split it", stop.at
        )
    return Mistake("text follows the end of the document", "delete it", stop.at)


_MISTAKES: tuple[Callable[[_Stop], Mistake | None], ...] = (
    _empty,
    _conflict,
    _string,
    _comment,
    _other_format,
    _quotes,
    _comma,
    _end,
    _word,
    _number,
    _punctuation,
)
