"""The search API: `/v0.1/x/<extension namespace>/search?q=...`. site/worker/search.js is the same.

`limit` is 1 to 20 (10), `offset` counts from 0; what is no number is as if it were not given. `topic`
leaves only servers of that topic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from builder.search.engine import search
from builder.search.index import SearchIndex
from builder.search.numbers import postings

USUAL, MOST = 10, 20
"""Results of an answer: a worker may read 50 files, and each result may lie in another."""
FURTHEST = 10_000
_NUMBER = re.compile(r"[0-9]{1,9}")


def answer(index: SearchIndex, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a search request, as plain JSON."""
    query, topic = parameters.get("q", ""), parameters.get("topic", "")
    limit = max(1, min(MOST, _number(parameters.get("limit", ""), USUAL)))
    offset = min(FURTHEST, _number(parameters.get("offset", ""), 0))
    results = search(index, query, accepts(index, topic))
    shown = results.servers[offset : offset + limit]
    return {
        "query": query,
        "total": len(results.servers),
        "complete": results.complete,
        "suggestion": results.suggestion,
        "offset": offset,
        "results": [_result(index.row(server)) for server in shown],
    }


def accepts(index: SearchIndex, topic: str) -> Callable[[int], bool]:
    """Return whether a server has a topic: of servers that are the same it is that of the one to show."""
    if not topic:
        return lambda _: True
    servers = of_topic(index, topic)
    return lambda server: index.groups.get(server, (server,))[0] in servers


def of_topic(index: SearchIndex, topic: str) -> set[int]:
    """Return the servers that have a topic; none has one that does not exist."""
    term = f"#{topic}"
    return {server for server, _ in postings(index.shard(index.shard_of(term)).get(term, ""))}


def _result(row: Sequence[Any]) -> dict[str, Any]:
    name, title, description, version, day, badges, _, topics, deprecated, also = row[:10]
    return {
        "name": name,
        "title": title or name.partition("/")[2],
        "description": description,
        "version": version,
        "changed": day,
        "runs": badges,
        "topics": topics,
        "deprecated": bool(deprecated),
        "alsoAs": also,
    }


def _number(text: str, default: int) -> int:
    return int(text) if _NUMBER.fullmatch(text) else default
