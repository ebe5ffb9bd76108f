"""Questions that a server is an answer to, for catalogues that search by them: two to five."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.pages.html.row import ServerRow
from builder.topics.table import topics

FEWEST, MOST, LONGEST = 2, 5, 120


def representative_queries(row: ServerRow, tools: Sequence[str] = ()) -> list[str]:
    """Return them: what the server says it does, its tools in words, and how people ask for its topics."""
    queries = dict.fromkeys(text for text in _queries(row, tools) if text)
    return list(queries)[:MOST]


def _queries(row: ServerRow, tools: Sequence[str]) -> Iterator[str]:
    yield row.description[:LONGEST].rstrip(" .") if not row.caution else ""
    yield from (_words(tool) for tool in tools[:2])
    for slug, _ in row.topics:
        topic = topics().get(slug)
        if topic and topic.asked.get("en"):
            yield f"a server for {topic.asked['en'][0]}"
    yield f"{row.title} MCP server"
    yield f"work with {row.title}"


def _words(tool: str) -> str:
    return " ".join(tool.replace("-", " ").replace("_", " ").split()).lower()[:LONGEST]
