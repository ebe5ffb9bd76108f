"""The search interface of Agentic Resource Discovery 0.91, section 7. site/worker/ard.js is the same.

    POST search    the ranking of this registry's search, as catalogue entries
    GET agents     all servers, in the order in which they first appeared or another one
    POST explore   how many servers there are of each type, topic and publisher

Scores tell the order of results, from 100 down; 50 and less lack a word of the query.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from builder.search.engine import search
from builder.search.index import SearchIndex
from builder.search.numbers import postings
from builder.search.resource import CARD_TYPE, publisher, resource

USUAL, MOST = 10, 20
"""Entries of an answer: a worker may read 50 files, and each may lie in another."""
LIST_USUAL, FACETS_USUAL = 20, 20
MOST_FACETS, LONGEST_TEXT = 10, 1000
FEDERATION = ("auto", "referrals", "none")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CONDITION = re.compile(r"\s*(\w+)\s*=\s*'([^']*)'\s*")
_ORDER = re.compile(r"(displayName|updatedAt)(?: (ASC|DESC))?")
_TOKEN = re.compile(r"[0-9]{1,9}")

Accepts = Callable[[int], bool]


class ArdError(ValueError):
    """A request that cannot be answered, as the standard's error 400."""

    def body(self) -> dict[str, str]:
        """Return the answer, as plain JSON."""
        return {"errorCode": "INVALID_ARGUMENT", "message": str(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArdRegistry:
    """A registry that is asked: its index, its address, and that of this interface with a slash."""

    index: SearchIndex
    base_url: str
    source: str


def answer_search(registry: ArdRegistry, body: bytes) -> dict[str, Any]:
    """Answer POST search, or raise ArdError."""
    asked = _object(_json(body), "the body")
    query = _object(asked.get("query"), "query")
    federation = asked.get("federation", "auto")
    if federation not in FEDERATION:
        raise ArdError(f"federation is one of {', '.join(FEDERATION)}")
    text = query.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ArdError("query.text is required, and a text")
    answer = search(
        registry.index, text[:LONGEST_TEXT], _accepts(registry.index, query.get("filter"))
    )
    size, start = _size(asked.get("pageSize"), USUAL), _start(asked.get("pageToken"))
    page = answer.servers[start : start + size]
    scores = [_score(start + place, answer.complete) for place in range(len(page))]
    results = [
        {**entry, "score": score, "source": registry.source}
        for entry, score in zip(_entries(registry, page), scores, strict=True)
    ]
    referrals: dict[str, Any] = {"referrals": []} if federation == "referrals" else {}
    return {"results": results, **referrals, **_token(start + size, len(answer.servers))}


def answer_agents(registry: ArdRegistry, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Answer GET agents, or raise ArdError."""
    index = registry.index
    accepts = _accepts(index, _conditions(parameters.get("filter", "")))
    servers = [number for number, prior in enumerate(index.priors) if prior and accepts(number)]
    servers = _ordered(index, servers, parameters.get("orderBy", ""))
    size = _size(_number(parameters.get("pageSize")), LIST_USUAL)
    start = _start(parameters.get("pageToken"))
    items = _entries(registry, servers[start : start + size])
    return {"items": items, "total": len(servers), **_token(start + size, len(servers))}


def answer_explore(registry: ArdRegistry, body: bytes) -> dict[str, Any]:
    """Answer POST explore, or raise ArdError."""
    index, asked = registry.index, _object(_json(body), "the body")
    query = _object(asked.get("query", {}), "query")
    result = _object(asked.get("resultType"), "resultType")
    facets = result.get("facets")
    if not isinstance(facets, list) or not 0 < len(facets) <= MOST_FACETS:
        raise ArdError(f"resultType.facets is a list of 1 to {MOST_FACETS} facets")
    accepts, text = _accepts(index, query.get("filter")), query.get("text", "")
    if not isinstance(text, str):
        raise ArdError("query.text is a text")
    if text.strip():
        servers: Sequence[int] = search(index, text[:LONGEST_TEXT], accepts).servers
    else:
        servers = [number for number, prior in enumerate(index.priors) if prior and accepts(number)]
    made = (_facet(index, servers, _object(facet, "a facet")) for facet in facets)
    return {"resultType": "facets", "facets": dict(made)}


def _entries(registry: ArdRegistry, servers: Iterable[int]) -> list[dict[str, Any]]:
    return [_entry(registry, registry.index.row(server)) for server in servers]


def _entry(registry: ArdRegistry, row: Sequence[Any]) -> dict[str, Any]:
    name, title, description, version, day, _, _, topics = row[:8]
    shown = title or name.partition("/")[2]
    return resource(registry.base_url, name, shown, description, version, day, topics)


def _score(place: int, complete: int) -> int:
    return max(51, 100 - place) if place < complete else max(1, 50 - (place - complete))


def _facet(
    index: SearchIndex, servers: Sequence[int], asked: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any]]:
    field = asked.get("field")
    counts = _counts(index, servers, field if isinstance(field, str) else "")
    least = _size(asked.get("minCount"), 1, most=len(index.priors) or 1)
    limit = _size(asked.get("limit"), FACETS_USUAL, most=100)
    counted = [(value, count) for value, count in counts.items() if value and count >= least]
    buckets = sorted(counted, key=lambda bucket: (-bucket[1], bucket[0]))[:limit]
    other = sum(counts.values()) - sum(count for _, count in buckets)
    return str(field), {
        "buckets": [{"value": value, "count": count} for value, count in buckets],
        "otherCount": other,
    }


def _counts(index: SearchIndex, servers: Sequence[int], field: str) -> Mapping[str, int]:
    """Return how many servers have each value; "" counts those of publishers with few servers."""
    if field == "type":
        return {CARD_TYPE: len(servers)} if servers else {}
    columns = index.file(index.top["facets"])
    counts: Counter[str] = Counter()
    if field == "tags":
        titles = [title for _, title in columns["topics"]]
        for column in columns["topic"]:
            counts.update(
                titles[DIGITS.index(column[server])] for server in servers if column[server] != "-"
            )
        return counts
    if field == "publisher":
        domains = ["", *map(publisher, columns["namespaces"])]
        column = columns["namespace"]
        counts.update(domains[1 + DIGITS.find(column[server])] for server in servers)
        return counts
    raise ArdError("field is one of type, tags, publisher")


def _accepts(index: SearchIndex, filters: Any) -> Accepts:
    """Return which servers a filter lets through: within a key any value, across keys all."""
    if filters is None:
        return lambda _: True
    sets = [
        _having(index, key, values if isinstance(values, list) else [values])
        for key, values in _object(filters, "query.filter").items()
    ]
    allowed = [servers for servers in sets if servers is not None]
    return lambda server: all(server in servers for servers in allowed)


def _having(index: SearchIndex, key: str, values: Sequence[Any]) -> frozenset[int] | None:
    """Return the servers that have one of some values, None for all."""
    texts = [value for value in values if isinstance(value, str)]
    if key == "type":
        return None if CARD_TYPE in texts else frozenset()
    if key == "tags":
        topics = index.file(index.top["facets"])["topics"]
        terms = [f"#{slug}" for slug, title in topics if slug in texts or title in texts]
    elif key == "publisher":
        terms = [f"@{'.'.join(reversed(text.lower().split('.')))}" for text in texts]
    else:
        raise ArdError(f"filter: {key!r} is not one of type, tags, publisher")
    return frozenset(
        server
        for term in terms
        for server, _ in postings(index.shard(index.shard_of(term)).get(term, ""))
    )


def _conditions(text: str) -> dict[str, list[str]] | None:
    """Read `type = '...' AND tags = '...'`."""
    if not text.strip():
        return None
    conditions: dict[str, list[str]] = {}
    for part in text.split(" AND "):
        match = _CONDITION.fullmatch(part)
        if match is None:
            raise ArdError("filter has the form: tags = 'Databases' AND publisher = 'example.com'")
        conditions.setdefault(match[1], []).append(match[2])
    return conditions


def _ordered(index: SearchIndex, servers: list[int], order: str) -> list[int]:
    if not order:
        return servers
    match = _ORDER.fullmatch(order)
    if match is None:
        raise ArdError("orderBy is displayName or updatedAt, with ASC or DESC behind it")
    column = index.file(index.top["names" if match[1] == "displayName" else "days"])
    sign = -1 if match[2] == "DESC" else 1
    return sorted(servers, key=lambda server: (sign * column[server], server))


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ArdError("the body is not JSON") from None


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ArdError(f"{name} is an object")
    return value


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _TOKEN.fullmatch(text) else None


def _size(value: Any, usual: int, *, most: int = MOST) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(1, min(most, value)) if is_number else usual


def _start(token: Any) -> int:
    if token is None:
        return 0
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise ArdError("pageToken is none that this registry gave")
    return int(token)


def _token(following: int, count: int) -> dict[str, str]:
    return {"pageToken": str(following)} if following < count else {}
