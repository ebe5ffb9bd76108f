"""A registry's own tokens: whose they are, how long they hold, and what they open."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from builder.publish import tokens
from builder.publish.signing_keys import SigningKeys
from tests.ownership.odd_tokens import odd_tokens
from tests.publish.credentials import pem
from tests.publish.running import Desk, Surroundings, bearer
from tests.registry import entry


def test_tokens_are_this_registry_s_alone(desk: Desk) -> None:
    from builder.ownership.proposer import Claim, Grant
    from builder.publish.identity import Identity, Permission

    everything = Identity(
        method="oidc",
        id="https://login.example.com mallory",
        subject="mallory",
        claim=Claim(grants=(Grant(names=("*",), to="mallory"),)),
        permissions=(Permission(action="edit", resource="*"),),
    )
    forged = tokens.issue(everything, SigningKeys(), "https://registry.example.com", time.time())
    answer = desk.publish(entry("io.github.alice/tool", "1.0.0"), forged.text)
    assert answer.status_code == 401
    assert desk.tip == desk.commits()[0] and len(desk.commits()) == 1


KEYS = SigningKeys()


@given(odd_tokens({"iss": "https://registry.example.com"}, "EdDSA"))
@settings(max_examples=200)
def test_any_header_that_was_not_signed_here_is_refused(token: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(token, KEYS, "https://registry.example.com", time.time())


def test_keys_are_rotated_while_it_runs(tmp_path: Path) -> None:
    from builder.ownership.proposer import Claim
    from builder.publish.identity import Identity

    file, who = tmp_path / "keys.pem", Identity(method="none", id="y", subject="x", claim=Claim(), permissions=())  # fmt: skip
    first, second = pem(), pem()
    file.write_text(first)
    keys, here = SigningKeys(file=file), "https://registry.example.com"
    old = tokens.issue(who, keys, here, 1000.0).text
    file.write_text(second + first)
    new = tokens.issue(who, keys, here, 1001.0).text
    assert [tokens.read(one, keys, here, 1002.0) for one in (old, new)] == [who, who]
    file.write_text("half a ke")  # as it is written: what was known stays good
    assert tokens.read(new, keys, here, 1003.0) == who
    file.write_text(second + "\n")
    with pytest.raises(tokens.BadToken):
        tokens.read(old, keys, here, 1004.0)
    assert tokens.read(new, keys, here, 1300.0) == who
    for at, registry in ((1302.0, here), (900.0, here), (1002.0, "https://other.example.com")):
        with pytest.raises(tokens.BadToken):
            tokens.read(new, keys, registry, at)


def test_who_publishes_a_server_reads_it_where_reading_needs_a_login(
    around: Surroundings, tmp_path: Path
) -> None:
    reading = {"hosts": ["nginx"], "reading": {"issuer": around.issuer.url, "audience": "readers"}}
    with around.running(tmp_path, more=reading) as desk:
        path = "/v0/servers/io.github.alice%2Ftool/versions/1.0.0?include_deleted=true"
        assert desk.get("/v0/health").json()["github_client_id"] == "Iv1.registry"
        token = desk.token()
        assert desk.publish(entry("io.github.alice/tool", "1.0.0"), token).status_code == 200
        others = desk.token(github_token="gho_mallory")
        for who, status in ((None, 401), (token, 200), (others, 401)):
            headers = bearer(who) if who else {}
            assert desk.client.get(desk.url + path, headers=headers).status_code == status
        assert desk.client.get(f"{desk.url}/v0/servers", headers=bearer(token)).status_code == 401
        assert desk.client.get(f"{desk.url}/openapi.json").status_code == 401
