"""The engine in Python and that in JavaScript give the same answers: judged queries and made ones."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.search.answer import accepts, answer
from builder.search.engine import search
from builder.search.likeness import distance
from tests.search import real
from tests.search.test_queries import JUDGED

SCRIPT = Path(__file__).with_name("answers.mjs")
TOPICS = ("databases", "email", "code", "finance")
ODD = ["", " ", "k8s ", "🦊", "//", "İstanbul", "ΣΑΣ weather", "ſql", "constructor", "__proto__",
       "a b c d e f g h i j k l m", "https://", "=", "#databases", "^p", "@", "\ud800x".encode("utf-16", "surrogatepass").decode("utf-16", "replace")]  # fmt: skip


def made(count: int) -> list[str]:
    """Queries of real words, whole, cut and mistyped; the same ones each time."""
    words = sorted(real.words())
    step = len(words) // count or 1
    queries = []
    for number, word in enumerate(words[::step]):
        other = words[(number * 7919) % len(words)]
        queries += [word, f"{word} {other}", f"{other} {word[: 1 + number % 5]}"]
        place = number % (len(word) or 1)
        queries.append(f"{word[:place]}{'xyz'[number % 3]}{word[place + number % 2 :]}")
    return queries


def javascript(folder: Path, queries: list[str], topics: list[tuple[str, str]]) -> Any:
    done = subprocess.run(
        ["node", SCRIPT],
        input=json.dumps({"folder": str(folder), "queries": queries, "topics": topics}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_both_engines_give_the_same_answers(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    for path, body in real.files().items():
        (tmp_path / path).write_bytes(body)
    names = [server[0] for number in range(0, 1000, 25) if (server := real.index().row(number))]
    queries = [*(judged["query"] for judged in JUDGED), *ODD, *names, *made(100)]
    topics = [(judged["query"], slug) for judged in JUDGED[::12] for slug in TOPICS]
    asked = [*((query, "") for query in queries), *topics]
    in_browser, by_worker, counts = javascript(tmp_path, queries, topics)
    # What the search page says before anything is asked is what it would count itself.
    assert counts == real.index().file(real.index().top["counts"])["counts"]
    for (query, topic), found in zip(topics, by_worker, strict=True):
        # `serve` and `mcp-registry search` say what `answer` does.
        assert found == answer(real.index(), {"q": query, "topic": topic}), (query, topic)
    for (query, topic), found in zip(asked, in_browser, strict=True):
        own = search(real.index(), query, accepts(real.index(), topic))
        assert found == {
            "servers": [*own.servers],
            "complete": own.complete,
            "suggestion": own.suggestion,
            "saysNothing": own.says_nothing,
        }, (query, topic)


@settings(max_examples=50)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 2))
def test_a_distance_is_one(left: str, right: str, most: int) -> None:
    far = distance(left, right, most)
    assert (far == 0) == (left == right)
    assert min(far, most + 1) == min(distance(right, left, most), most + 1)
