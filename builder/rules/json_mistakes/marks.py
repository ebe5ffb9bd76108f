"""Mistakes in what stands around keys and values: comments, quotation marks, commas, colons, brackets."""

from __future__ import annotations

import re

from builder.rules.json_mistakes.stop import Mistake, Stop

_CURLY = "“”„‟«»″"
_SINGLE = "'‘’‚`´"


def comment(stop: Stop) -> Mistake | None:
    """Return the mistake if the parser stopped at a comment."""
    if not stop.rest.startswith(("//", "/*", "#", "<!--", "--")):
        return None
    return Mistake("a comment: JSON has none", "delete it", stop.at)


def string(stop: Stop) -> Mistake | None:
    """Return the mistake if a string is not closed, or holds what must be escaped."""
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


def quotes(stop: Stop) -> Mistake | None:
    """Return the mistake if the quotation marks are not those of JSON."""
    start, line = stop.line
    typographic = [index for index, character in enumerate(line) if character in _CURLY]
    if stop.rest[:1] in tuple(_CURLY) or typographic:
        place = stop.at if stop.rest[:1] in tuple(_CURLY) else start + typographic[0]
        help = 'write " around keys and texts: word processors make curly ones of them'
        return Mistake("a typographic quotation mark, which is not JSON's", help, place)
    if stop.rest[:1] in tuple(_SINGLE):
        return Mistake("single quotes", "write \" around keys and texts, not '", stop.at)
    return None


def comma(stop: Stop) -> Mistake | None:
    """Return the mistake if a comma is too many, or stands where a value should."""
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


def punctuation(stop: Stop) -> Mistake | None:
    """Return the mistake if a mark between keys and values is missing, or another."""
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


def _after_the_end(stop: Stop) -> Mistake:
    if stop.rest[:1] in ("}", "]"):
        return Mistake(f"a {stop.rest[0]} too many", "delete it", stop.at)
    if stop.rest[:1] in ("{", "["):
        return Mistake(
            "a second document follows the first", "one file is one version: split it", stop.at
        )
    return Mistake("text follows the end of the document", "delete it", stop.at)
