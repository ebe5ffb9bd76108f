"""What a client may send and how long it may take, enforced before anything is kept of it.

uvicorn's fast protocol has no limits of its own: one header of 150 MB was accepted, and a client
that sends a byte a minute holds its connection for ever. This adds them, with the status that
says which one it was (RFC 9110, RFC 6585), and the error document of the API.
"""

from __future__ import annotations

from asyncio import Transport
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from builder.model.page import PROBLEM
from builder.pages.api.problem import ProblemDocument
from builder.pages.host_files import CORS
from builder.serve.deadline import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeLimits:
    """The most of a client: bytes of a request's head, its header lines, bytes of its body, and requests
    that it may send without waiting for the answers before.

    A request must be whole `request_seconds` after it began (or after the connection), and its
    answer taken in `response_seconds`. No more than `connections` are open.
    """

    head_bytes: int = 16 << 10
    headers: int = 100
    body_bytes: int = 1 << 20
    waiting_requests: int = 100
    request_seconds: float = 10.0
    response_seconds: float = 60.0
    connections: int = 2000


DEFAULT = ServeLimits()
PIECE = 4096
"""Bytes that the parser gets at once."""
_BUSY = ProblemDocument(503, "Service Unavailable", "Too many connections: try again in a moment")
_HEAD = ProblemDocument(431, "Request Header Fields Too Large", "The request's head is too large")
_PIPELINED = ProblemDocument(429, "Too Many Requests", "Too many requests before the first answer")
_BODY = ProblemDocument(413, "Content Too Large", "The request's body is too large")
_SLOW = ProblemDocument(408, "Request Timeout", "The request did not come whole in time")
_MALFORMED = ProblemDocument(400, "Bad Request", "The request cannot be read")


class _Refused(Exception):
    """Stops the parser: the request goes over a limit."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection, within limits."""

    limits = DEFAULT

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline, self._taken = Deadline(self.loop), Deadline(self.loop)
        self._in_head = False
        self._head = self._body = 0
        self._refusal = _MALFORMED

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it if there are too many."""
        super().connection_made(transport)
        self._deadline.set(self.limits.request_seconds, self._too_slow)
        if len(self.connections) > self.limits.connections:
            self._refuse(_BUSY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._deadline.close()
        self._taken.close()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what a client sends; what is not read any more is dropped."""
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            piece = data[start : start + PIECE]
            super().data_received(piece)
            # The parser holds back a header until it is whole. A piece may end requests before this one.
            if self._in_head:
                self._head += len(piece)
                if self._head > self.limits.head_bytes + PIECE and not self.transport.is_closing():
                    self._refuse(_HEAD)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn names it
        """Answer a request that is malformed or goes over a limit."""
        self._refuse(self._refusal)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._require(len(self.pipeline) < self.limits.waiting_requests, _PIPELINED)
        self._in_head, self._head, self._body = True, 0, 0
        if self.cycle is None or self.cycle.response_complete:
            self._deadline.set(self.limits.request_seconds, self._too_slow)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line is there."""
        self._require(len(self.headers) < self.limits.headers, _HEAD)
        self._require(len(name) + len(value) <= self.limits.head_bytes, _HEAD)
        if name.lower() == b"content-length":
            length = int(value) if value.isdigit() and len(value) < 20 else 0
            self._require(length <= self.limits.body_bytes, _BODY)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the request is answered from here on."""
        self._in_head = False
        lines = sum(len(name) + len(value) for name, value in self.headers)
        self._require(len(self.url) + lines <= self.limits.head_bytes, _HEAD)
        self.respond()

    def respond(self) -> None:
        """Have the application answer the request whose head is there."""
        super().on_headers_complete()

    def answered(self) -> None:
        """Wait for the next request, after an answer that the application did not make."""
        self._deadline.set(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        self._require_taken()

    def on_body(self, body: bytes) -> None:
        """A piece of the body is there."""
        self._body += len(body)
        self._require(self._body <= self.limits.body_bytes, _BODY)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: now the client has to take the answer."""
        super().on_message_complete()
        if not self.cycle.response_complete:
            self._deadline.set(self.limits.response_seconds, self._not_taken)
        else:
            self._deadline.drop()

    def on_response_complete(self) -> None:
        """The answer is out; that of the next request, if one was sent without waiting, begins."""
        super().on_response_complete()
        # The cycle is that of the newest request, which may wait behind others.
        if not self.cycle.response_complete:
            self._deadline.set(self.limits.response_seconds, self._not_taken)
        elif not self.cycle.more_body:
            self._deadline.drop()
        self._require_taken()

    def _require(self, holds: bool, refusal: ProblemDocument) -> None:
        if not holds:
            self._refusal = refusal
            raise _Refused

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._refuse(_SLOW)

    def _not_taken(self) -> None:
        self.transport.abort()

    def _refuse(self, problem: ProblemDocument) -> None:
        """Answer unless an answer is under way already, and close the connection."""
        self._deadline.drop()
        answering = self.cycle is not None and not self.cycle.response_complete
        if not (answering and self.cycle.response_started):
            self.transport.write(_response(problem))
        self.transport.close()
        self._require_taken()

    def _require_taken(self) -> None:
        """Give the client time to take what is written: a close waits for that, without an end of its own."""
        self._taken.set(self.limits.response_seconds, self._abort_if_unsent)

    def _abort_if_unsent(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()


def _response(problem: ProblemDocument) -> bytes:
    body = problem.body()
    headers = {
        **CORS,
        "Content-Type": PROBLEM,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reason = HTTPStatus(problem.status).phrase
    return f"HTTP/1.1 {problem.status} {reason}\r\n{lines}\r\n".encode() + body
