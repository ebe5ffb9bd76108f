"""The stemmer of the browser is that of the library, over words with every ending it knows."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pytest
import snowballstemmer  # type: ignore[import-untyped]  # it has no stubs

from builder.search.meaning import meaning
from builder.words import stem as module
from builder.words.stem import stem
from tests.search import real

SCRIPT = Path(__file__).parents[2] / "site" / "assets" / "search" / "stem.js"
BEGINNINGS = (
    "re un inter gener past commun organ arsen emerg later univers y by ay e st sl wor pro exc succ proc "
    "can inn out even herr earr add egg off hopp mak flow box sho d t"
)
MIDDLES = "- at bl iz tt ss y ay ll l s ic al og ent ab ous ful less iv bil ion nat ee ie am ox ow"
ENDINGS = (
    "- s es ed ing ly ies ied eed eedly ingly edly tional ational enci anci abli entli izer ization ator "
    "alism aliti alli fulness ousli ousness iveness iviti biliti bli ogi ogist li lessli fulli icate "
    "ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ism ate iti ous "
    "ive ize ion sion tion e l ll y us sses"
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("news", "news"),
        ("new", "new"),
        ("databases", "databas"),
        ("queries", "queri"),
        ("k8s", "k8s"),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_a_word_is_its_own_stem_where_the_library_says_so() -> None:
    library = snowballstemmer.stemmer("english").stemWord
    ends = ("".join(letters) for letters in product(ascii_lowercase, repeat=3))
    words = [f"{beginning}{end}" for end in ends for beginning in ("", "captivat")]
    kept = {word for word in words if stem(word) == word}
    assert {word for word in kept if library(word) != word} == set()


def test_every_word_of_the_tables_of_search_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known = meaning()
    stem.cache_clear()
    meaning.cache_clear()
    monkeypatch.setattr(module, "by_algorithm", pytest.fail)
    assert meaning() == known


def test_both_stemmers_are_one() -> None:
    made = {
        "".join(parts).replace("-", "")
        for parts in product(*(text.split() for text in (BEGINNINGS, MIDDLES, ENDINGS)))
    }
    words = sorted(made | real.words() | {"", "a", "é", "Ab", "news", "skies", "only"})
    program = (
        f"import {{ stem }} from {json.dumps(SCRIPT.as_uri())};"
        "import { text } from 'node:stream/consumers';"
        "console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(stem)));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", program],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [stem(word) for word in words]
