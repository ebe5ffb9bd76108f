"""The tables of meaning as files of an index: site/assets/search/meaning.js reads the same.

Each is lines of text, which is half as long as the same in JSON.

    meaning   phrases: `term=phrase=phrase`; also: `word word|<quality>term term|...`
    foreign   the same for what is not written in ASCII: only a query of such letters reads it
    widen     `topic word word`: read for a word that hardly any server has

Words of one line of `also` stand for each other; qualities are hexadecimal digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from builder.search.meaning import SAME, Meaning, best_first

MeaningFiles = Mapping[str, Any]


def files(tables: Meaning) -> dict[str, MeaningFiles | str]:
    """Return the contents of the three files, by what they are called in index.json."""
    light = " ".join(tables.light)
    return {
        "meaning": {**_part(tables, str.isascii), "light": light},
        "foreign": _part(tables, lambda text: not text.isascii()),
        "widen": "\n".join(
            f"{slug} {' '.join(words)}" for slug, words in _inverted(tables.widen).items()
        ),
    }


def read(meaning: MeaningFiles, foreign: MeaningFiles, widen: str) -> Meaning:
    """Read the tables from the contents of the three files."""
    return Meaning(
        phrases=dict(_phrases(meaning)) | dict(_phrases(foreign)),
        also=dict(_also(meaning)) | dict(_also(foreign)),
        light=meaning["light"].split(),
        widen={word: line.split(" ")[0] for line in _lines(widen) for word in line.split(" ")[1:]},
    )


def _part(tables: Meaning, holds: Callable[[str], bool]) -> dict[str, str]:
    """Return the phrases, and the words that stand for others, of which something holds."""
    phrases = {text: term for text, term in tables.phrases.items() if holds(text)}
    together: dict[Sequence[tuple[str, int]], list[str]] = {}
    for word, others in tables.also.items():
        if holds(word):
            whole = sorted({*others, (word, SAME)}, key=best_first)
            together.setdefault(tuple(whole), []).append(word)
    return {
        "phrases": "\n".join(
            "=".join((term, *texts)) for term, texts in _inverted(phrases).items()
        ),
        "also": "\n".join(_also_line(words, others) for others, words in together.items()),
    }


def _also_line(words: Sequence[str], others: Sequence[tuple[str, int]]) -> str:
    told = [other for other in others if other not in {(word, SAME) for word in words}]
    runs = groupby(told, key=itemgetter(1))
    answers = (f"{quality:x}{' '.join(word for word, _ in run)}" for quality, run in runs)
    return "|".join((" ".join(words), *answers))


def _inverted(table: Mapping[str, str]) -> dict[str, list[str]]:
    keys_of: dict[str, list[str]] = {}
    for key, value in table.items():
        keys_of.setdefault(value, []).append(key)
    return keys_of


def _phrases(part: MeaningFiles) -> Iterator[tuple[str, str]]:
    for line in _lines(part["phrases"]):
        term, *texts = line.split("=")
        yield from ((text, term) for text in texts)


def _also(part: MeaningFiles) -> Iterator[tuple[str, Sequence[tuple[str, int]]]]:
    for line in _lines(part["also"]):
        head, *answers = line.split("|")
        words = head.split(" ")
        others = [(other, int(run[0], 16)) for run in answers for other in run[1:].split(" ")]
        whole = sorted([*((word, SAME) for word in words), *others], key=best_first)
        yield from ((word, [one for one in whole if one[0] != word]) for word in words)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []
