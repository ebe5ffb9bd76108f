"""The vendors' own example links, byte for byte."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from builder.install import Recipe, panel
from tests.install.documents import context7

PACKAGE, REMOTE = 0, 1


def recipe(document: dict[str, object], client: str, launch: int) -> Recipe:
    found = panel(str(document["name"]), document).launches[launch].recipes
    return next(one for one in found if one.client == client)


VECTORS = [
    (
        "vs-code",
        PACKAGE,
        "vscode:mcp/install?%7B%22name%22%3A%22context7%22%2C%22command%22%3A%22npx%22%2C%22args%22%3A%5B%22-y%22%2C%22%40upstash%2Fcontext7-mcp%401.0.31%22%5D%7D",
    ),
    (
        "cursor",
        PACKAGE,
        "cursor://anysphere.cursor-deeplink/mcp/install?name=context7&config=eyJjb21tYW5kIjoibnB4IiwiYXJncyI6WyIteSIsIkB1cHN0YXNoL2NvbnRleHQ3LW1jcEAxLjAuMzEiXX0%3D",
    ),
    (
        "lm-studio",
        REMOTE,
        "lmstudio://add_mcp?name=context7&config=eyJ1cmwiOiJodHRwczovL21jcC5jb250ZXh0Ny5jb20vbWNwIn0%3D",
    ),
    (
        "kiro",
        PACKAGE,
        "https://kiro.dev/launch/mcp/add?name=context7&config=%7B%22command%22%3A%22npx%22%2C%22args%22%3A%5B%22-y%22%2C%22%40upstash%2Fcontext7-mcp%401.0.31%22%5D%7D",
    ),
    (
        "goose",
        PACKAGE,
        "goose://extension?cmd=npx&arg=-y&arg=%40upstash%2Fcontext7-mcp%401.0.31&timeout=300&id=context7&name=context7&description=Up-to-date%20docs",
    ),
    (
        "goose",
        REMOTE,
        "goose://extension?url=https%3A%2F%2Fmcp.context7.com%2Fmcp&type=streamable_http&timeout=300&id=context7&name=context7&description=Up-to-date%20docs",
    ),
]


@pytest.mark.parametrize(
    ("client", "launch", "href"), VECTORS, ids=[f"{vector[0]}-{vector[1]}" for vector in VECTORS]
)
def test_the_link_is_the_vendors_own(client: str, launch: int, href: str) -> None:
    assert recipe(context7(), client, launch).links[0].href == href


def test_a_title_takes_no_others_place_in_goose() -> None:
    document = {**context7(), "name": "com.mallory/mcp", "title": "Developer"}
    (link,) = recipe(document, "goose", PACKAGE).links
    assert parse_qs(link.href.partition("?")[2])["name"] == ["mallory"]


def test_the_readme_link_of_vs_code_is_its_documented_redirect() -> None:
    link = recipe(context7(), "vs-code", REMOTE).readme
    assert link is not None
    assert link.href == (
        "https://vscode.dev/redirect/mcp/install?name=context7&config=%7B%22type%22%3A%22http%22%2C"
        "%22url%22%3A%22https%3A%2F%2Fmcp.context7.com%2Fmcp%22%7D"
    )


def test_lm_studios_documented_example_with_a_header() -> None:
    header = {"name": "Authorization", "value": "Bearer {YOUR_HF_TOKEN}", "isRequired": True}
    remote = {"type": "streamable-http", "url": "https://huggingface.co/mcp", "headers": [header]}
    document: dict[str, Any] = {"name": "hf-mcp-server", "remotes": [remote]}
    assert (
        recipe(document, "lm-studio", 0)
        .links[0]
        .href.endswith(
            "config=eyJ1cmwiOiJodHRwczovL2h1Z2dpbmdmYWNlLmNvL21jcCIsImhlYWRlcnMiOnsiQXV0aG9yaXphdGlv"
            "biI6IkJlYXJlciA8WU9VUl9IRl9UT0tFTj4ifX0%3D"
        )
    )


def test_commands_in_the_documented_forms() -> None:
    commands = {
        client: [recipe(context7(), client, launch).command for launch in (PACKAGE, REMOTE)]
        for client in ("claude-code", "codex", "gemini-cli", "copilot-cli")
    }
    npx = "npx -y @upstash/context7-mcp@1.0.31"
    url = "https://mcp.context7.com/mcp"
    assert {
        client: [command.text if command else None for command in found]
        for client, found in commands.items()
    } == {
        "claude-code": [
            f"claude mcp add --transport stdio context7 -- {npx}",
            f"claude mcp add --transport http context7 {url}",
        ],
        "codex": [
            f"codex mcp add context7 -- {npx}",
            f"codex mcp add context7 --url {url}",
        ],
        "gemini-cli": [
            f"gemini mcp add -s user context7 npx -- {npx.removeprefix('npx ')}",
            f"gemini mcp add -s user --transport http context7 {url}",
        ],
        "copilot-cli": [
            f"copilot mcp add context7 -- {npx}",
            f"copilot mcp add --transport http context7 {url}",
        ],
    }
