"""The keys that OpenID Connect issuers publish: discovered, kept for a while, renewed on rotation.

https://openid.net/specs/openid-connect-discovery-1_0.html. Issuers are named by the operator, and
nothing that a token says leads anywhere else than to its issuer's own documents.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from builder.model.errors import RemoteError
from builder.model.secure_address import is_secure_address

DISCOVERY = "/.well-known/openid-configuration"
MAX_BYTES = 256 << 10
SECONDS = 10.0
USUAL_AGE, LEAST_AGE, MOST_AGE = 3600.0, 300.0, 24 * 3600.0
"""Seconds for which keys are kept: if the issuer says nothing, and whatever it says."""
PAUSE = 10.0
"""Seconds between two requests to one issuer: tokens with made-up key ids cause no others."""
LEAST_RSA_BITS = 2048
_MAX_AGE = re.compile(r"\bmax-age=([0-9]{1,9})\b")

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """What an issuer published: its keys, when they were asked for, and how long they are kept."""

    keys: tuple[Key, ...] = ()
    asked: float = float("-inf")
    fresh_until: float = float("-inf")
    usable_until: float = float("-inf")
    trouble: str = ""


@dataclass(slots=True)
class IssuerKeys:
    """The keys of issuers, by address; shared by all threads. `clock` counts seconds."""

    clock: Clock = time.monotonic
    _known: dict[str, _Published] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    def find(self, issuer: str, kid: str | None, algorithm: str) -> Key:
        """Return the key of an issuer that has an id, or the only one that fits an algorithm.

        An id that is not known makes the keys be asked for again, once in PAUSE seconds.
        ValueError if there is none, RemoteError if the keys cannot be had.
        """
        with self._locks.setdefault(issuer, threading.Lock()):
            published = self._known.get(issuer, _Published())
            key = _choose(published.keys, kid, algorithm)
            now = self.clock()
            is_due = now >= published.asked + PAUSE
            if (now >= published.fresh_until or key is None) and is_due:
                published = self._known[issuer] = self._asked(issuer, published)
                key = _choose(published.keys, kid, algorithm)
        if now >= published.usable_until:
            raise RemoteError(f"the keys of {issuer} cannot be read: {published.trouble}")
        if key is None:
            raise ValueError(f"{issuer} publishes no key {kid!r:.80} for {algorithm}")
        return key

    def _asked(self, issuer: str, earlier: _Published) -> _Published:
        """Ask an issuer; where it does not answer, its earlier keys stay usable for a day."""
        now = self.clock()
        try:
            keys, age = _fetch(issuer)
        except RemoteError as error:
            return _Published(
                keys=earlier.keys,
                asked=now,
                fresh_until=now + PAUSE,
                usable_until=earlier.usable_until,
                trouble=error.message,
            )
        return _Published(keys=keys, asked=now, fresh_until=now + age, usable_until=now + MOST_AGE)


def _choose(keys: tuple[Key, ...], kid: str | None, algorithm: str) -> Key | None:
    fitting = [key for key in keys if _fits(key, algorithm)]
    if kid is None:
        return fitting[0] if len(fitting) == 1 else None
    return next((key for key in fitting if key.kid == kid), None)


def _fits(key: Key, algorithm: str) -> bool:
    """Return whether a key can make signatures of an algorithm, by its type and its own words."""
    if isinstance(key, RSAKey):
        kind = algorithm[:2] in ("RS", "PS")
    elif isinstance(key, ECKey):
        kind = _CURVES.get(algorithm) == key.curve_name
    else:
        kind = isinstance(key, OKPKey) and algorithm == key.curve_name == "Ed25519"
    return kind and key.get("use") in (None, "sig") and key.get("alg") in (None, algorithm)


_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def _fetch(issuer: str) -> tuple[tuple[Key, ...], float]:
    """Read the keys of an issuer, and for how many seconds they are fresh; RemoteError if it fails."""
    if not is_secure_address(issuer):
        raise RemoteError(f"{issuer} is not an address by https")
    document, _ = _read(issuer.rstrip("/") + DISCOVERY)
    if document.get("issuer") != issuer:
        raise RemoteError(
            f"the document there is of another issuer, {document.get('issuer')!r:.200}"
        )
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not is_secure_address(address):
        raise RemoteError("the document there names no address of keys (jwks_uri)")
    if address.startswith("http:") and not issuer.startswith("http:"):
        raise RemoteError("the keys are not published by https")
    key_set, age = _read(address)
    listed = key_set.get("keys")
    if not isinstance(listed, list):
        raise RemoteError(f"there are no keys at {address}")
    return tuple(key for member in listed if (key := _key(member)) is not None), age


def _key(value: object) -> Key | None:
    """Return a public key of a set; None for one of a type that is not known, or malformed."""
    if not isinstance(value, dict) or value.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    if value["kty"] == "RSA" and len(str(value.get("n"))) * 6 < LEAST_RSA_BITS:
        return None
    try:
        return JWKRegistry.import_key(value)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _read(address: str) -> tuple[dict[str, Any], float]:
    import httpx

    from builder.net.exchange import AnswerBounds, fetch, open_client

    bounds = AnswerBounds(bytes=MAX_BYTES, seconds=SECONDS, redirects=0)
    try:
        with open_client(address, {"Accept": "application/json"}) as http:
            answer = fetch(http, http.build_request("GET", address), bounds)
    except httpx.HTTPError as error:
        raise RemoteError(f"{address}: {error or type(error).__name__}") from error
    if answer.status_code != httpx.codes.OK:
        raise RemoteError(f"{address} answers {answer.status_code}")
    try:
        value = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise RemoteError(f"{address} is not JSON") from error
    if not isinstance(value, dict):
        raise RemoteError(f"{address} is not a JSON object")
    return value, _age(answer.headers.get("Cache-Control", ""))


def _age(cache_control: str) -> float:
    match = _MAX_AGE.search(cache_control)
    return min(max(float(match[1]), LEAST_AGE), MOST_AGE) if match else USUAL_AGE
