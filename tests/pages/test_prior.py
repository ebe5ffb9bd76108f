"""Descriptions that say nothing of a server."""

from __future__ import annotations

import pytest

from builder.pages.prior import is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "[Describe what it does]",
        "Description of my server",
        "YOUR DESCRIPTION HERE",
        "A non-functional entry",
        "Non functional",
        "Lorem ipsum dolor",
        "TODO: write this",
        "Placeholder",
        "A brief description",
        "A short description of it",
        "Hello, World",
        "hello world",
        "My First MCP server",
        "Test MCP Server",
        "Work in progress",
        "Do not use",
        "Only for testing purposes",
        "Super description",
        "Greets a person by name",
        "Wor\u212a in progress",
        "the mcp server",
    ],
)
def test_a_placeholder_is_known_in_any_case(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "Weather for the whole world",
        "Tests an MCP server for errors",
        "Functional tests",
        "Todo lists",
    ],
)
def test_words_of_placeholders_are_not_all(text: str) -> None:
    assert not is_placeholder(text)
