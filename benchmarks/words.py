"""The texts that compressed documents refer back to: python -m benchmarks.words SITE.tar

Chosen from a generated registry's site (`build --archive`, the benchmarks' settings): the passages
that most of its documents have in common, the most common last, where references to them are
shortest. What the settings say stands in them as a name in braces, which builder/pack/words.py
fills in. Writes site/words/ (packed documents) and site/assets/fold-*.txt (folded parts of pages);
`make golden` follows.
"""

from __future__ import annotations

import re
import tarfile
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import click

from builder.pack.words import ENDINGS, LONGEST, inflated
from builder.pages.html import fold

SITE = Path(__file__).parents[1] / "site"
GRAM = 12  # characters: what is counted
SAMPLES = 700
"""Documents of each ending, at random."""
_SETTINGS = (
    (r"https://registry\.example\.com", "{base_url}"),
    (r"registry\.example\.com", "{host}"),
    (r"https://github\.com/example/registry", "{repository}"),
    (r"com\.example\.registry", "{extension}"),
    (r"Benchmark registry", "{title}"),
    (r"assets/[0-9a-f]{12}", "{assets}"),
    (r'(data-fold="[a-z]+">)[A-Za-z0-9+/=]+', r"\1"),
)
_FOLDED = re.compile(r'<script type="text/plain" data-fold="([a-z]+)">([A-Za-z0-9+/=]*)</script>\n')


@click.command()
@click.argument("site", type=click.Path(path_type=Path))
@click.option("--lean", is_flag=True, help="It is a lean site: choose the text of its pages alone.")
def command(site: Path, lean: bool) -> None:
    """Choose the passages of each kind of document and write them."""
    for name, endings in () if lean else ENDINGS.items():
        texts = [_general(text) for text in _sample(site, endings)]
        (SITE / "words" / f"{name}.txt").write_bytes(_chosen(texts).encode())
    pages = _sample(site, ("/index.html",), "servers/")
    for name in (fold.SERVER, fold.VERSION, fold.PAGE):
        parts = [_general(part) for page in pages if (part := _folded(page, name))]
        if not parts:  # of whole pages there are on a lean site alone, where there are no others
            continue
        (SITE / "assets" / f"fold-{name}.txt").write_bytes(_chosen(parts).encode())


def _folded(page: str, name: str) -> str:
    """Return what a page folds with a text, in one piece; "" if it has none such."""
    found = (data for begins, data in _FOLDED.findall(page) if begins == name)
    return "\n".join(inflated(fold.words(name), b64decode(data)).decode() for data in found)


def _sample(site: Path, endings: Sequence[str], folder: str = "") -> list[str]:
    """Return documents with these endings below a folder."""
    with tarfile.open(site) as archive:
        members = [one for one in archive if _is_below(one.name, folder, endings)]
        small = [one for one in members if one.size < 2 * LONGEST]
        chosen = Random(1).sample(small, min(SAMPLES, len(small)))
        texts = []
        for member in sorted(chosen, key=lambda one: one.offset):
            file = archive.extractfile(member)
            texts.append(file.read().decode(errors="ignore") if file else "")
    return texts


def _is_below(path: str, folder: str, endings: Sequence[str]) -> bool:
    return path.startswith(folder) and path.endswith(tuple(endings))


def _general(text: str) -> str:
    """Put the names of settings in the places of what the generated registry's say."""
    for pattern, name in _SETTINGS:
        text = re.sub(pattern, name, text)
    return text


def _chosen(texts: Sequence[str]) -> str:
    """Return the passages whose parts the most documents have, up to the length of a window."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_grams(text)))
    least = max(3, len(texts) // 150)
    values = {gram: count for gram, count in counts.items() if count >= least}
    passages: list[tuple[int, str]] = []
    taken, seen = 0, set[str]()
    for text in texts:
        for passage in _new_passages(text, values, seen):
            passages.append(
                (sum(values[gram] for gram in _grams(passage)) // len(passage), passage)
            )
    passages.sort(key=lambda one: -one[0])
    kept = []
    for value, passage in passages:
        taken += len(passage.encode())
        if taken > LONGEST:
            break
        kept.append((value, passage))
    return "".join(passage for _, passage in reversed(kept))


def _new_passages(text: str, values: dict[str, int], seen: set[str]) -> Iterator[str]:
    """Yield the runs of common text that no passage before had."""
    start = None
    for at, gram in enumerate((*_grams(text), "")):
        if gram in values and gram not in seen:
            start = at if start is None else start
            continue
        if start is not None:
            passage = text[start : at + GRAM - 1]
            seen.update(_grams(passage))
            yield passage
        start = None


def _grams(text: str) -> Iterator[str]:
    return (text[at : at + GRAM] for at in range(len(text) - GRAM + 1))


if __name__ == "__main__":
    command()
