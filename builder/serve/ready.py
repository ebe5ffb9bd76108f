"""Answers that are at hand: what one request was answered with answers the next one that is alike.

Nine tenths of what a request costs are not its answer: the request is made an object and routed, a file
read and hashed, headers written. Of 200 µs of processor for a list page 24 are left, of 235 for one server
27 (nginx: 42 and 24 on the same machine; 18 for a program that writes the same bytes to whatever comes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.utils import get_path_with_query_string

EXTENSION = "mcp-registry.ready"
"""The extension of ASGI (a key of `scope["extensions"]`) that holds the offer to keep an answer."""
MOST_BYTES = 32 << 20
LARGEST = 1 << 20
"""Bytes of an answer that is kept."""
OVERHEAD = 1100
"""Bytes that an answer and its key take beside their texts, as measured."""
_KEYS = {b"accept-encoding": 0, b"if-none-match": 1}
_OTHER_ANSWERS = frozenset(
    [
        b"authorization",
        b"content-length",
        b"expect",
        b"if-range",
        b"range",
        b"transfer-encoding",
        b"upgrade",
    ]
)
"""Headers of requests that are answered one by one."""

Key = tuple[bytes, bytes | None, bytes | None]
"""What decides about a ready answer: target, accepted encodings, entity tags that the client has."""
Stands = Callable[[], bool]
"""Whether an answer is still what would be answered."""


@dataclass(slots=True)
class Offer:
    """Beside a request: to keep its answer for others. Who answers says how long it stands, or nothing."""

    key: Key
    stands: Stands | None = None


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """An answer but for the lines that the server program adds: `sent` are its headers and body.

    `path` is that of the request as the log has it, `body_bytes` the length of the body.
    """

    status: int
    sent: bytes
    body_bytes: int
    path: str
    stands: Stands


def key_of(target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Key | None:
    """Return what decides about the answer to a GET, None if a ready one is not for it."""
    values: list[bytes | None] = [None, None]
    for name, value in headers:
        place = _KEYS.get(name)
        if place is not None:
            if values[place] is not None:
                return None
            values[place] = value
        elif name in _OTHER_ANSWERS or (name == b"connection" and value.lower() != b"keep-alive"):
            return None
    return target, values[0], values[1]


def offer_of(scope: Scope) -> Offer | None:
    """Return the offer to keep the answer to a request."""
    offer: Offer | None = scope.get("extensions", {}).get(EXTENSION)
    return offer


@dataclass(slots=True)
class ReadyAnswers:
    """Answers by their keys, up to a number of bytes: the one that was kept first is given up first."""

    most_bytes: int = MOST_BYTES
    _kept: dict[Key, ReadyAnswer] = field(default_factory=dict)
    _bytes: int = 0

    def find(self, key: Key) -> ReadyAnswer | None:
        """Return the answer that stands."""
        found = self._kept.get(key)
        if found is None or found.stands():
            return found
        self._drop(key)
        return None

    def keep(self, key: Key, answer: ReadyAnswer) -> None:
        """Keep an answer, in place of others."""
        self._drop(key)
        size = _size(key, answer)
        if size > min(LARGEST, self.most_bytes):
            return
        while self._bytes + size > self.most_bytes:
            self._drop(next(iter(self._kept)))
        self._kept[key] = answer
        self._bytes += size

    def keeping(self, app: ASGIApp) -> ASGIApp:
        """Return an application that keeps those answers of another that stand."""

        async def kept(scope: Scope, receive: Receive, send: Send) -> None:
            offer = offer_of(scope)
            if offer is None:
                await app(scope, receive, send)
                return
            messages: list[Message] = []

            async def seen(message: Message) -> None:
                await send(message)
                messages.append(message)

            await app(scope, receive, seen)
            if offer.stands is not None and len(messages) == 2:
                self._keep(offer, scope, *messages)

        return kept

    def _keep(self, offer: Offer, scope: Scope, start: Message, end: Message) -> None:
        if offer.stands is None or not offer.stands():  # changed while it was answered
            return
        body = end.get("body", b"")
        lines = [name.lower() + b": " + value + b"\r\n" for name, value in start["headers"]]
        answer = ReadyAnswer(
            status=start["status"],
            sent=b"".join([*lines, b"\r\n", body]),
            body_bytes=len(body),
            path=get_path_with_query_string(scope),  # type: ignore[arg-type]
            stands=offer.stands,
        )
        self.keep(offer.key, answer)

    def _drop(self, key: Key) -> None:
        answer = self._kept.pop(key, None)
        if answer is not None:
            self._bytes -= _size(key, answer)


def _size(key: Key, answer: ReadyAnswer) -> int:
    texts = sum(len(text) for text in key if text is not None)
    return texts + len(answer.sent) + len(answer.path) + OVERHEAD
