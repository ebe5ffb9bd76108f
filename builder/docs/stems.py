"""The stems of all words in the tables of search, made once: site/search/stems.txt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from builder.model import strict_yaml
from builder.runtime import resources
from builder.topics import table as topics
from builder.words.split import split
from builder.words.stem import by_algorithm, has_steps

_FOLDER = resources.folder("site") / "search"


def text() -> str:
    """Return the lines: a stem, then every word of the tables that has it."""
    words: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(filter(has_steps, _words()))):
        words[by_algorithm(word)].append(word)
    return "".join(f"{stem} {' '.join(same)}\n" for stem, same in sorted(words.items()))


def _words() -> Iterator[str]:
    for name in ("meaning.yaml", topics.FILE):
        for written in _texts(strict_yaml.parse((_FOLDER / name).read_bytes())):
            words = split(written)
            yield from (*words, "".join(words))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in (*value, *value.values()) for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))
