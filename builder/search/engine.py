"""The ranking of servers for a query. site/assets/search/engine.js is the same, in the same numbers.

First every server gets a score: the sum over the words of impact, quality and rarity, times its
prior. Servers that lack a word stand below those that have all. Then the first ones are looked at
as they are shown: whose name it is, whose brand, and whether words stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from builder.search.index import SearchIndex
from builder.search.numbers import NEUTRAL, postings
from builder.search.plan import PostingReader, Slot, slots_of
from builder.search.query import HEAVY, SPACES, keys_of, words_of
from builder.search.second_look import LOOKED_AT, factor

Scores = dict[int, int]
Accepts = Callable[[int], bool]
ENOUGH = 180
"""What a word must be worth for a server that has it: less is a variable's name, or a mere hint."""
OTHERS = 8
"""A word is worth its best answer, and this part of the others."""
CONFIRMS = 4
"""Among several words a topic counts so often: "deploy a website" means hosting, not every website."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What was found: numbers of servers, best first; the first `complete` have every word.

    `suggestion` is the query as it was probably meant, "" if it is fine. `says_nothing` holds if no
    word of the query tells one server from another: then all servers are listed.
    """

    servers: Sequence[int]
    complete: int
    suggestion: str = ""
    says_nothing: bool = False


def search(index: SearchIndex, text: str, accepts: Accepts = lambda _: True) -> SearchAnswer:
    """Rank the servers for a query, of those that may be shown."""
    words = words_of(text, index.meaning)
    reader = PostingReader(index)
    exact = _exact(keys_of(text), reader, index, accepts)
    if not words and not exact:
        return _everything(index, text, accepts)
    slots = slots_of(words, reader, index, is_complete=text.endswith(" "))
    scores, lacking = _scores(slots, index, accepts)

    def order(server: int) -> tuple[int, bool, int, int]:
        return -exact.get(server, 0), server in lacking, -scores.get(server, 0), -server

    ranked = sorted({*scores, *exact}, key=order)
    first, rest = ranked[:LOOKED_AT], ranked[LOOKED_AT:]
    for server in first:
        if server in scores:
            scores[server] = scores[server] * factor(index.row(server), words) // NEUTRAL
    servers = list(_folded([*sorted(first, key=order), *rest], index, accepts))
    complete = sum(1 for server in servers if server in exact or server not in lacking)
    return SearchAnswer(servers=servers, complete=complete, suggestion=_suggestion(slots))


def _exact(
    keys: Sequence[str], reader: PostingReader, index: SearchIndex, accepts: Accepts
) -> Scores:
    """Return the servers that a whole query names, with the impact of the way in which it does."""
    scores: Scores = {}
    for key in keys:
        for server, impact in postings(reader.postings(key)):
            if index.priors[server] and accepts(server):
                scores[server] = max(impact, scores.get(server, 0))
    return scores


def _everything(index: SearchIndex, text: str, accepts: Accepts) -> SearchAnswer:
    asked = text.strip(SPACES)
    if asked and not any(char.isalnum() for char in asked):
        return SearchAnswer(servers=(), complete=0)
    shown = [server for server, prior in enumerate(index.priors) if prior and accepts(server)]
    ranked = sorted(shown, key=lambda server: (-index.priors[server], -server))
    servers = list(_folded(ranked, index, accepts))
    return SearchAnswer(servers=servers, complete=len(servers), says_nothing=bool(asked))


def _scores(slots: Sequence[Slot], index: SearchIndex, accepts: Accepts) -> tuple[Scores, set[int]]:
    """Return every server's score, and those that lack a word which is not light."""
    sums: Scores = {}
    matched: Scores = {}
    whole = sum(slot.rarity for slot in slots if slot.word.weight == HEAVY)
    topic_share = CONFIRMS if len(slots) > 1 else 1
    for slot in slots:
        for server, worth in _worths(slot, topic_share).items():
            sums[server] = sums.get(server, 0) + worth * slot.rarity * slot.word.weight
            if slot.word.weight == HEAVY and worth >= ENOUGH:
                matched[server] = matched.get(server, 0) + slot.rarity
    scores = {
        server: total // 64 * index.priors[server] // NEUTRAL
        for server, total in sums.items()
        if index.priors[server] and accepts(server)
    }
    return scores, {server for server in scores if matched.get(server, 0) < whole}


def _worths(slot: Slot, topic_share: int) -> Scores:
    """Return what a word is worth for each server: its best answer, and a bit of the others."""
    best: Scores = {}
    sums: Scores = {}
    for term, (quality, text) in slot.answers.items():
        share = topic_share if term.startswith("#") else 1
        for server, impact in postings(text):
            worth = quality * impact
            sums[server] = sums.get(server, 0) + worth * share
            best[server] = max(worth, best.get(server, 0))
    return {server: worth + (sums[server] - worth) // OTHERS for server, worth in best.items()}


def _folded(ranked: Sequence[int], index: SearchIndex, accepts: Accepts) -> Iterator[int]:
    """Leave one of servers that are the same: the one to show, where the first of them stood."""
    known: set[int] = set()
    for server in ranked:
        group = index.groups.get(server, (server,))
        if group[0] not in known:
            known.add(group[0])
            yield next(same for same in group if index.priors[same] and accepts(same))


def _suggestion(slots: Sequence[Slot]) -> str:
    if not any(slot.correction for slot in slots):
        return ""
    return " ".join(slot.correction or slot.word.typed for slot in slots)
