"""Mistakes in keys and values themselves: words and numbers that JSON does not have."""

from __future__ import annotations

import re

from builder.rules.json_mistakes.stop import Mistake, Stop

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
_KEY = re.compile(r"[A-Za-z_$][\w$.-]*\s*:")
_WORD = re.compile(r"[^\s,:{}\[\]\"]+")


def word(stop: Stop) -> Mistake | None:
    """Return the mistake if a word stands where a key or a value should, without quotes."""
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


def number(stop: Stop) -> Mistake | None:
    """Return the mistake if a number is not written as JSON writes numbers."""
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
