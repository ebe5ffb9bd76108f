"""Command lines for PowerShell on Windows: the same words as the POSIX line gives to the program.

Three readers stand between the text and the program. PowerShell reads the text; it hands the words
over as one line, which the program cuts again (PowerShell 5 escapes nothing in it: about_Parsing);
and where the program is a script of cmd, cmd reads that line too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_PLAIN = re.compile(r"[A-Za-z0-9_./:@=+-]+")
_OWN = re.compile(r"-[A-Za-z_][^.:]*[.:].*|--|@.*")
"""What PowerShell takes for its own: `-name.rest` becomes two words, `--` ends its own options, and
`@name` stands for the items of a variable."""
_QUOTES = re.compile("['\u2018-\u201b]")
"""PowerShell ends a single-quoted text at any of these (its tokenizer: IsSingleQuote)."""
_CMD = re.compile(r"[&|<>^%]")
_NUMBERS = {sign: f"\\u{ord(sign):04x}" for sign in "&|<>^%!()' "}
_ESCAPE = re.compile(r'\\(["\\])')
_ESCAPED = re.compile(r'(\\*)"')
_NAME = re.compile(r"\w+", re.ASCII)


class JsonWord(str):
    """A word of JSON, in which every character inside a text may be written as its number."""

    __slots__ = ()


def joined(words: Iterable[str]) -> str:
    """Write words as a line of PowerShell."""
    return " ".join(_quoted(_inert(word) if isinstance(word, JsonWord) else word) for word in words)


def started(variables: Mapping[str, str], words: Iterable[str]) -> str:
    """Write a line that sets variables and starts a program; Windows has no `env`."""
    given = (f"{_variable(name)} = {_literal(value)}; " for name, value in variables.items())
    return "".join(given) + joined(words)


def means_more_to_cmd(text: str) -> bool:
    """Return whether cmd would run, redirect or replace something for a character of a word."""
    return _CMD.search(text) is not None


def _inert(json: str) -> str:
    """Write JSON so that cmd finds nothing to read in it: not even a space, for which PowerShell
    would put the whole word in quotes, so that the texts inside stood outside of any."""
    plain = _ESCAPE.sub(lambda escape: f"\\u{ord(escape[1]):04x}", json) if "\\" in json else json
    for sign, number in _NUMBERS.items():  # several times as fast as str.translate
        plain = plain.replace(sign, number)
    return plain


@lru_cache(maxsize=256)  # the clients' commands are of the same words
def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word) and not _OWN.fullmatch(word):
        return word
    escaped = _ESCAPED.sub(r'\1\1\\"', word) if '\\"' in word else word.replace('"', '\\"')
    if re.search(r"\s", word):  # PowerShell puts it in double quotes
        escaped = re.sub(r"(\\+)$", r"\1\1", escaped)
    return _literal(escaped)


def _literal(text: str) -> str:
    return f"'{_QUOTES.sub(lambda quote: quote[0] * 2, text)}'"


def _variable(name: str) -> str:
    return f"$env:{name}" if _NAME.fullmatch(name) else f"${{env:{name}}}"
