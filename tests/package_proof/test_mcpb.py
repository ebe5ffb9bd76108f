"""MCPB bundles: what their address proves."""

from __future__ import annotations

import pytest

from tests.local_server import Reply, routes, serving
from tests.package_proof.asking import ask, codes
from tests.package_proof.packages import (
    ABSENT,
    OWNED,
    RELEASE,
    bundle,
    wrong_fields,
)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(Reply(), OWNED, id="there"),
        pytest.param(Reply(status=302, headers={"Location": "https://x.test/"}), OWNED, id="302"),
        pytest.param(Reply(status=302), ABSENT, id="302-to-nowhere"),
        pytest.param(Reply(status=404), ABSENT, id="absent"),
        pytest.param(Reply(status=403), ABSENT, id="private"),
    ],
)
def test_mcpb(reply: Reply, expected: list[str]) -> None:
    path = "/acme/weather/releases/download/v1.0.0/weather.mcpb"
    with serving(routes({path: reply})) as server:
        assert codes(ask(bundle(RELEASE), {"mcpb:github.com": server.url})) == expected
        assert [(request.method, request.path) for request in server.requests] == [("HEAD", path)]


@pytest.mark.parametrize(
    "identifier",
    [
        "http://github.com/acme/mcp/releases/download/v1/a.mcpb",
        "https://github.com/acme/mcp/releases/latest/download/a.mcpb",
        "https://github.com:443/acme/mcp/raw/main/a.mcpb",
        "https://example.com/mcp/a.mcpb",
        "https://github.com/acme/x/releases/download/v1/a.zip",
        "weather.mcpb",
    ],
)
def test_mcpb_address_that_proves_nothing_is_not_asked(identifier: str) -> None:
    with serving(routes({})) as server:
        bases = {"mcpb:github.com": server.url, "mcpb:example.com": server.url}
        assert codes(ask(bundle(identifier), bases)) == []
        assert server.requests == []
    assert wrong_fields(bundle(identifier)) == ["identifier"]
