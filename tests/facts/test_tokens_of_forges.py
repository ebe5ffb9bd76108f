"""A forge's token goes to the forge that it is for, whatever host somebody has written into namespace.yaml."""

from __future__ import annotations

import pytest

from builder import cli
from builder.facts import accounts
from builder.model.errors import RemoteError
from tests.ownership.world import owners_file, weather
from tests.registry import Registry

SECRETS = {"GITHUB_TOKEN": "of-github", "GITLAB_TOKEN": "of-gitlab", "FORGEJO_TOKEN": "of-forgejo"}
OWNERS = [
    {"github": "a", "id": 1},
    {"github": "a", "id": 2, "host": "evil.example"},
    {"github": "a", "id": 3, "host": "ghe.example.com"},
    {"gitlab": "a", "id": 4, "host": "evil.example"},
    {"gitlab": "a", "id": 5},
    {"forgejo": "a", "id": 6, "host": "evil.example:8443"},
]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), {"api.github.com": "of-github", "gitlab.com": "of-gitlab"}),
        (
            ("--forge", "github=https://ghe.example.com/api/v3"),
            {"ghe.example.com": "of-github", "gitlab.com": "of-gitlab"},
        ),
    ],
)
def test_a_token_goes_to_its_own_forge(
    registry: Registry,
    words: tuple[str, ...],
    told: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, str] = {}

    def open_client(url: str, headers: dict[str, str]) -> None:
        asked[url.split("/")[2]] = " ".join(headers.values()).rpartition(" ")[2]
        raise RemoteError("nobody is asked here")

    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setattr(accounts, "open_client", open_client)
    for owner in OWNERS:
        namespace = f"com.example-{owner['id']}"
        file = owners_file(namespace, owners=[owner], proof="github")
        registry.commit({**file, **weather(namespace)})
    assert cli.run(["prove", "--all", "--root", str(registry.root), *words]) == 0
    assert {host: token for host, token in asked.items() if token} == told
    assert "evil.example" in asked
