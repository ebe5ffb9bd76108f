"""Rules on characters that make a text look like another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from builder.model.finding import Severity
from builder.rules.engine.fields import quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry

_SHOWN = ("name", "title", "description", "version")
_JOINERS = "\u200c\u200d"
_MARKS = "\u061c\u200e\u200f"
# Not of category Cf, but drawn as nothing. https://www.unicode.org/reports/tr36/#Invisible
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ALIKE_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
# Letters that cannot be told from Latin ones in most fonts. https://www.unicode.org/reports/tr39/
_LOOKS_LATIN = frozenset(
    "АВЕЅІЈКМНОРСТХУаеіјорсухѕԁԛԝһӏАвкмнтЬ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικρυχ"  # Greek
)
_WORD = re.compile(r"[^\W\d_]+")


def _texts(item: Entry) -> Iterator[tuple[Steps, str]]:
    """Yield the texts that people compare, those of printable ASCII left out."""
    if item.ascii:
        return
    texts: list[tuple[Steps, str]] = [((key,), string(item.document, key)) for key in _SHOWN]
    for steps, package in item.packages:
        texts.append(((*steps, "identifier"), string(package, "identifier")))
    yield from (
        (steps, text) for steps, text in texts if not (text.isascii() and text.isprintable())
    )


def _invisible(item: Entry) -> Iterator[Problem]:
    for steps, text in _texts(item):
        characters = dict.fromkeys(_hidden(text))
        if characters:
            names = ", ".join(f"U+{ord(character):04X}" for character in characters)
            yield Problem(
                message=f"the {steps[-1]} holds invisible characters: {names}",
                steps=steps,
                help="remove them: they reorder or hide what a reader sees",
            )


def _hidden(text: str) -> Iterator[str]:
    if text.isprintable() and _BLANK.isdisjoint(text):
        return
    rtl = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    for index, character in enumerate(text):
        if unicodedata.category(character) not in ("Cf", "Cc") and character not in _BLANK:
            continue
        # Joiners build emoji and Indic letters; marks are part of right-to-left writing.
        inside = 0 < index < len(text) - 1
        if character in _JOINERS and inside and not text[index - 1].isascii():
            continue
        if not (character in _MARKS and rtl) and character not in "\n\t":
            yield character


def _mixed(item: Entry) -> Iterator[Problem]:
    for steps, text in _texts(item):
        for word in _WORD.findall(text):
            if word.isascii():
                continue
            scripts = _scripts(word)
            if len(scripts) > 1 or (scripts - {"LATIN"} and set(word) <= _LOOKS_LATIN):
                names = " and ".join(sorted(name.capitalize() for name in scripts))
                yield Problem(
                    message=f"{quoted(word)} is written in {names} letters",
                    steps=steps,
                    help="a person checks that it is not taken for another word",
                )


def _scripts(word: str) -> set[str]:
    return {name for name in map(_script, word) if name in _ALIKE_SCRIPTS}


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="invisible-character",
        summary="Name, title, description and versions hold no invisible characters.",
        explanation="Bidirectional controls show a text in another order than it is read by "
        "programs; zero-width characters make two different names look the same. "
        "Joiners inside emoji and marks within right-to-left writing are fine.",
        check=_invisible,
        about=EntryPart.LETTERS,
        failing=entry(title="Weather \u202etxt.exe"),
        passing=entry(title="Weather 👩\u200d🔬"),
    ),
    Rule(
        code="mixed-script",
        summary="A word in letters of two scripts is looked at by a person.",
        explanation="Many Cyrillic and Greek letters look like Latin ones: `Gіthub` with a "
        "Cyrillic і is not `Github`.",
        severity=Severity.REVIEW,
        check=_mixed,
        about=EntryPart.LETTERS,
        failing=entry(title="G\u0456thub"),
        passing=entry(title="Погода and weather"),
    ),
)
