"""Logins by a domain: a time of now, signed by a key that the domain publishes (contract, section 5)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Literal

from builder.model.domain import domain_of
from builder.model.sidecars import Key
from builder.model.timestamp import SECOND, parse
from builder.net.network import Network
from builder.ownership import dns_record, signature, well_known
from builder.ownership.key import COORDINATE
from builder.ownership.proposer import Claim, HeldKey
from builder.ownership.signature import FirstSignature, SignatureError
from builder.publish.identity import Identity, Permission
from builder.publish.login_context import LoginContext, LoginRefused, Proof

SKEW = 15
"""Seconds by which a signed time may differ from the registry's (contract, section 5)."""
_MOST_ZEROS = 4
"""Zeros that may be missing in a signature: five are so in one of 500 thousand million."""


def by_dns(context: LoginContext, proof: Proof, now: float) -> Identity:
    """Log in by a key in the domain's TXT records: for its names and those of its subdomains."""
    return _by_domain("dns", dns_record.keys, ("{}/*", "{}.*"), context, proof, now)


def by_http(context: LoginContext, proof: Proof, now: float) -> Identity:
    """Log in by a key in the domain's well-known file: for the names of the domain alone."""
    return _by_domain("http", well_known.keys, ("{}/*",), context, proof, now)


def _by_domain(
    method: Literal["dns", "http"],
    published: Callable[[str, Network], frozenset[Key]],
    patterns: tuple[str, ...],
    context: LoginContext,
    proof: Proof,
    now: float,
) -> Identity:
    domain = _domain(proof["domain"])
    key = _signer(context, proof, published(domain.lower(), context.network), now)
    held = HeldKey(domain=domain.lower(), source=method, key=key)
    namespace = ".".join(reversed(domain.split(".")))
    return Identity(
        method=method,
        id=domain.lower(),
        subject=domain,
        claim=Claim(keys=(held,)),
        permissions=tuple(
            Permission(action="publish", resource=pattern.format(namespace)) for pattern in patterns
        ),
    )


def _domain(text: str) -> str:
    if domain_of(".".join(reversed(text.split(".")))) is None:
        raise LoginRefused(f"{text[:80]!r} is not a domain that can prove a namespace")
    return text


def _signer(context: LoginContext, proof: Proof, published: frozenset[Key], now: float) -> Key:
    """Return the published key that signed a time of now, which counts once."""
    text = proof["timestamp"]
    _require_now(text, now)
    try:
        raw = bytes.fromhex(proof["signed_timestamp"])
    except ValueError as error:
        raise LoginRefused("signed_timestamp is not written in hex") from error
    for key in sorted(published, key=lambda key: (key.algorithm, key.public)):
        if not any(_is_by(key, written, text) for written in _written_out(raw, key)):
            continue
        again = "this signed time was used before: sign another"
        context.use(f"{key.public} {text}", now + 2 * SKEW, now, again)
        return key
    amount = f"{len(published)} keys" if published else "no key"
    raise LoginRefused(
        f"the signature is by no key that {proof['domain']} publishes: {amount} found there"
    )


def _is_by(key: Key, raw: bytes, text: str) -> bool:
    """Return whether a signature is by a key, and of a text."""
    fields = {**key.model_dump(), "signature": base64.b64encode(raw).decode()}
    try:
        signature.check(FirstSignature.model_validate(fields), text.encode())
    except (SignatureError, ValueError):
        return False
    return True


def _written_out(raw: bytes, key: Key) -> Iterator[bytes]:
    """Yield what a signature may stand for.

    The official program joins the two numbers of ecdsap384 without the zeros that a number may begin
    with: one in 128 signatures is short. Where it divides is found by what holds.
    """
    missing = 2 * COORDINATE - len(raw)
    if key.algorithm != "ecdsap384" or not 0 < missing <= _MOST_ZEROS:
        yield raw
        return
    for first in range(missing + 1):
        length = COORDINATE - first
        yield raw[:length].rjust(COORDINATE, b"\0") + raw[length:].rjust(COORDINATE, b"\0")


def _require_now(text: str, now: float) -> None:
    try:
        stated = parse(text) / SECOND
    except ValueError as error:
        raise LoginRefused("the timestamp is not a time of RFC 3339") from error
    if abs(now - stated) > SKEW:
        raise LoginRefused(
            f"the timestamp is {text:.40}, more than {SKEW} seconds from the registry's time"
        )
