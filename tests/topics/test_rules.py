"""Topics follow from what an entry says, by a table that anyone can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.topics.rules import MOST, matches, topics_of
from builder.topics.table import topics
from builder.topics.texts import texts_of


def topics_by_rule(name: str, description: str) -> list[str]:
    return [slug for slug, _ in topics_of(texts_of(name, {"description": description}))]


@pytest.mark.parametrize(
    ("name", "description", "first"),
    [
        ("com.example/weather", "Tells the weather.", "weather"),
        ("com.example/pg", "Queries PostgreSQL databases", "databases"),
        ("com.example/mcp", "Read, draft and send emails in Gmail", "email"),
        ("com.example/k8s", "Manages Kubernetes clusters", "devops"),
        ("com.example/HomeAssistant-Light-MCP", "Controls lights of Home Assistant", "home"),
    ],
)
def test_what_a_server_is_about(name: str, description: str, first: str) -> None:
    assert topics_by_rule(name, description)[0] == first


def test_words_that_only_sound_alike_do_not_count() -> None:
    assert "marketing" not in topics_by_rule("com.example/x", "Market data of exchanges")
    assert "security" not in topics_by_rule("com.example/x", "Runs code securely")
    assert topics_by_rule("com.example/x", "An MCP server") == []
    # Names and nouns that share a stem with everyday words: Remotion, hosting, fitness, Toggl.
    assert topics_by_rule("com.example/remote", "Fits a solid product that is hosted") == []
    assert topics_by_rule("com.example/x", "Toggles what is available, retrieves it") == []


def test_every_reason_is_named() -> None:
    (match,) = matches(texts_of("com.example/weather", {"description": "Weather alerts"}))[:1]
    assert {(reason.place, reason.points) for reason in match.reasons} == {
        ("name", 6),
        ("description", 2),
    }


@given(
    st.text(),
    st.dictionaries(st.sampled_from(["title", "description", "packages"]), st.text() | st.none()),
)
def test_any_entry_has_few_topics_of_the_table(name: str, content: dict[str, str | None]) -> None:
    found = topics_of(texts_of(name, content))
    assert len(found) <= MOST and {slug for slug, _ in found} <= {*topics()}


def test_the_table_is_whole() -> None:
    assert 35 <= len(topics()) <= 50
    for topic in topics().values():
        assert topic.asked["en"] and topic.strong, topic.slug
