"""Tokens of OpenID Connect: wrong in each claim, signed by others, and keys that come and go."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import Key, OctKey, RSAKey

from builder.model.errors import RemoteError
from builder.model.secure_address import is_secure_address
from builder.ownership.issuer_keys import IssuerKeys
from builder.ownership.oidc import IssuedClaims, TokenRefused, verify
from tests.local_server import Reply, as_json
from tests.ownership.issuer import (
    AUDIENCE,
    DISCOVERY,
    KEYS,
    Issuer,
    ec,
    ed25519,
    issuing,
    rsa,
)
from tests.ownership.odd_tokens import odd_tokens

NOW = int(time.time())


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


def read(issuer: Issuer, token: str, keys: IssuerKeys | None = None) -> IssuedClaims:
    return verify(token, [issuer.url], AUDIENCE, keys or IssuerKeys(), time.time())


def refused(issuer: Issuer, token: str) -> str:
    with pytest.raises(TokenRefused) as error:
        read(issuer, token)
    return str(error.value)


def test_a_good_token(issuer: Issuer) -> None:
    claims = read(issuer, issuer.token(repository_id="74"))
    assert (claims.issuer, claims.subject) == (issuer.url, "somebody")
    assert claims.number("repository_id") == 74


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"iss": "https://evil.example"}, "issued by"),
        ({"iss": None}, "issuer"),
        ({"iss": 7}, "issuer"),
        ({"aud": "https://other.example.com"}, "(aud)"),
        ({"aud": AUDIENCE + "/x"}, "(aud)"),
        ({"aud": None}, "(aud)"),
        ({"aud": []}, "(aud)"),
        ({"aud": {AUDIENCE: 1}}, "(aud)"),
        ({"aud": [AUDIENCE, "x"], "azp": "x"}, "(azp)"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": None}, "(exp)"),
        ({"exp": "9999999999"}, "(exp)"),
        ({"exp": True}, "(exp)"),
        ({"nbf": NOW + 3600}, "(nbf)"),
        ({"nbf": "soon"}, "nbf"),
        ({"iat": NOW + 3600}, "(iat)"),
        ({"sub": None}, "(sub)"),
        ({"sub": ""}, "(sub)"),
        ({"sub": 7}, "(sub)"),
    ],
)
def test_each_claim(issuer: Issuer, changed: dict[str, Any], word: str) -> None:
    assert word in refused(issuer, issuer.token(**changed))


def test_a_token_for_several_audiences(issuer: Issuer) -> None:
    assert read(issuer, issuer.token(aud=["x", AUDIENCE]))
    assert read(issuer, issuer.token(aud=AUDIENCE + "/"))
    assert read(issuer, issuer.token(aud=["x", AUDIENCE], azp=AUDIENCE))


def test_another_key_under_the_same_id(issuer: Issuer) -> None:
    assert "not signed by" in refused(issuer, issuer.token(rsa("first")))


def test_an_unsigned_token(issuer: Issuer) -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    for algorithm in ("none", "None", None):
        token = f"{part({'alg': algorithm, 'kid': 'first'})}.{part(issuer.claims())}."
        refused(issuer, token)


def test_the_public_key_as_a_password(issuer: Issuer) -> None:
    """With HS256 the public key would be a secret that everybody knows."""
    (key,) = issuer.keys
    assert isinstance(key, RSAKey)
    public = key.as_pem(private=False)
    forged = jwt.encode(
        {"alg": "HS256", "kid": "first"},
        issuer.claims(),
        OctKey.import_key(base64.urlsafe_b64encode(public)),
        algorithms=["HS256"],
    )
    assert "HS256" in refused(issuer, forged)


@pytest.mark.parametrize("token", ["", "a.b.c", "a", "....", "é.é.é", "x" * 20_000, "e30.e30.e30"])
def test_what_is_no_token(issuer: Issuer, token: str) -> None:
    refused(issuer, token)
    assert not issuer.server.requests


@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_header_that_nobody_signed_is_refused(issuer: Issuer, data: st.DataObject) -> None:
    keys = IssuerKeys(clock=lambda: 0.0)  # asked for once
    token = data.draw(odd_tokens(issuer.claims(), "RS256", "ES256", "Ed25519"))
    with pytest.raises(TokenRefused):
        read(issuer, token, keys)


def test_an_altered_token(issuer: Issuer) -> None:
    head, body, signature = issuer.token().split(".")
    other = issuer.token(sub="mallory").split(".")[1]
    assert body != other
    assert "not signed" in refused(issuer, ".".join([head, other, signature]))


def test_nobody_is_asked_for_an_unknown_issuer(issuer: Issuer) -> None:
    with issuing() as other:
        refused(issuer, other.token())
        assert not other.server.requests


@pytest.mark.parametrize(
    ("key", "algorithm"), [(ec("ec"), "ES256"), (ed25519("ed"), "Ed25519"), (rsa("r"), "PS256")]
)
def test_other_algorithms(issuer: Issuer, key: Key, algorithm: str) -> None:
    issuer.keys.append(key)
    try:
        assert read(issuer, issuer.token(key, algorithm))
    finally:
        issuer.keys.remove(key)


def test_a_short_key_is_no_key(issuer: Issuer) -> None:
    short = json.loads(DATA_SHORT)
    issuer.answers[KEYS] = as_json({"keys": [short, {"kty": "quantum"}, "x", {"kty": "RSA"}]})
    assert "not signed by" in refused(issuer, issuer.token())


DATA_SHORT = json.dumps({"kty": "RSA", "kid": "first", "e": "AQAB", "n": "v" * 171})


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_kept_and_rotated() -> None:
    clock = Clock()
    keys = IssuerKeys(clock=clock)
    with issuing(keys=[rsa("old")]) as issuer:
        old, new = issuer.keys[0], rsa("new")
        for _ in range(3):
            read(issuer, issuer.token(), keys)
        assert issuer.asked_for_keys == 1
        issuer.keys[:] = [new]
        clock.now += 20
        read(issuer, issuer.token(new), keys)  # its id is not known: they are asked for again
        assert issuer.asked_for_keys == 2
        with pytest.raises(TokenRefused):  # the old one was taken back
            read(issuer, issuer.token(old), keys)


def test_made_up_key_ids_cause_no_requests() -> None:
    clock = Clock()
    keys = IssuerKeys(clock=clock)
    with issuing() as issuer:
        for number in range(20):
            with pytest.raises(TokenRefused):
                read(issuer, issuer.token(ec(f"made-up-{number}"), "ES256"), keys)
        assert issuer.asked_for_keys == 1


def test_how_long_keys_are_kept() -> None:
    clock = Clock()
    keys = IssuerKeys(clock=clock)
    with issuing(cache_control="public, max-age=600") as issuer:
        read(issuer, issuer.token(), keys)
        clock.now += 599
        read(issuer, issuer.token(), keys)
        assert issuer.asked_for_keys == 1
        clock.now += 2
        read(issuer, issuer.token(), keys)
        assert issuer.asked_for_keys == 2
        # An issuer that is away for a while does not lock everybody out; after a day it does.
        issuer.answers[DISCOVERY] = Reply(b"down", 503)
        clock.now += 700
        read(issuer, issuer.token(), keys)
        clock.now += 25 * 3600
        with pytest.raises(RemoteError, match="503"):
            read(issuer, issuer.token(), keys)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        (DISCOVERY, Reply(b"no", 404)),
        (DISCOVERY, Reply(b"{")),
        (DISCOVERY, as_json([])),
        (DISCOVERY, as_json({"issuer": "https://other.example", "jwks_uri": "https://x.example"})),
        (DISCOVERY, Reply(b" " * 300_000)),
        (DISCOVERY, Reply(b"", 302, {"Location": "http://127.0.0.1:9/"})),
        (KEYS, as_json({"keys": None})),
        (KEYS, Reply(b"<html>")),
    ],
)
def test_an_issuer_with_wrong_documents(issuer: Issuer, path: str, reply: Reply) -> None:
    issuer.answers[path] = reply
    with pytest.raises(RemoteError):
        read(issuer, issuer.token())


@pytest.mark.parametrize("uri", [None, 7, "http://keys.example/", "file:///etc/passwd", "//x"])
def test_keys_come_by_https(issuer: Issuer, uri: object) -> None:
    issuer.answers[DISCOVERY] = as_json({"issuer": issuer.url, "jwks_uri": uri})
    with pytest.raises(RemoteError):
        read(issuer, issuer.token())


def test_addresses_of_issuers() -> None:
    assert is_secure_address("https://accounts.google.com")
    assert is_secure_address("https://login.example.com/realms/main")
    assert is_secure_address("http://127.0.0.1:8080")
    for wrong in (
        "http://example.com",
        "ftp://example.com",
        "https://",
        "https://a@b",
        "x",
        "https://[",
    ):
        assert not is_secure_address(wrong)
