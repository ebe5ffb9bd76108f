"""Secrets in the open or not marked, and templates where none has a meaning."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.telling import of, variable


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((name, True) for name in (
            "API_KEY", "OPENAI_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "clientSecret", "apiKey", "AWS_SECRET_ACCESS_KEY",
            "PRIVATE_KEY", "SLACK_BOT_TOKEN", "--api-key", "GH_PAT")),
        *((name, False) for name in (
            "MAX_TOKENS", "TOKEN_LIMIT", "TOKEN_URL", "SSH_KEY_PATH", "PUBLIC_KEY", "API_KEY_ID", "KEYBOARD",
            "PASSWORD_FILE", "SECRET_NAME", "TOKENIZER", "AUTHOR", "ENABLE_TOKEN", "API_URL", "USERNAME")),
    ],
)  # fmt: skip
def test_names_of_secrets(name: str, secret: bool) -> None:
    found = [one[1] for one in of(packages=[variable(name=name)])]
    assert found == (["unmarked-secret"] if secret else [])


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"name": "API_KEY", "isSecret": True}, []),
        ({"name": "API_KEY", "isSecret": True, "default": "{key}", "variables": {"key": {"isSecret": True}}}, []),
        ({"name": "API_KEY", "isSecret": True, "placeholder": "sk-..."}, []),
        ({"name": "API_KEY", "isSecret": True, "default": "<your key>"}, ["secret-in-entry"]),
        ({"name": "PASSWORD", "isSecret": True, "value": "hunter2"}, ["secret-in-entry"]),
        ({"name": "LEVEL", "default": "info"}, []),
        ({"name": "DATABASE_URL", "default": "postgres://me:hunter2@db/x"}, ["secret-in-entry"]),
        ({"name": "DATABASE_URL", "default": "postgres://localhost/x"}, []),
        ({"name": "EXAMPLE", "default": "ghp_" + "a1B2" * 9}, ["secret-in-entry"]),
    ],
)  # fmt: skip
def test_secrets_in_the_open(fields: dict[str, Any], rules: list[str]) -> None:
    found = of(packages=[variable(**fields)])
    assert [one[1] for one in found] == rules
    assert all(one[0] == "warning" for one in found)
    assert not any("hunter2" in one[3] or "a1B2a1B2" in one[3] for one in found)


@pytest.mark.parametrize(
    ("header", "rules"),
    [
        ({"name": "Authorization", "isSecret": True}, []),
        ({"name": "Authorization"}, ["unmarked-secret"]),
        ({"name": "X-API-Key"}, ["unmarked-secret"]),
        ({"name": "Authorization", "value": "Bearer {t}", "variables": {"t": {"isSecret": True}}}, []),
        ({"name": "Authorization", "value": "Bearer {t}", "variables": {"t": {}}}, ["unmarked-secret"]),
        ({"name": "X-Region", "value": "{r}", "variables": {"r": {}}}, []),
    ],
)  # fmt: skip
def test_headers(header: dict[str, Any], rules: list[str]) -> None:
    remote = {"type": "streamable-http", "url": "https://example.com/mcp", "headers": [header]}
    assert [one[1] for one in of(remotes=[remote])] == rules


def test_templates_in_addresses_and_texts() -> None:
    remote = {"type": "sse", "url": "https://${HOST}/mcp", "variables": {"HOST": {}}}
    assert [one[:2] for one in of(remotes=[remote])] == [("error", "unfilled-template")]
    assert [one[:2] for one in of(description="{{description}}")] == [
        ("warning", "unfilled-template")
    ]
    assert of(description="Costs $5 <or less>, {really}.") == []
