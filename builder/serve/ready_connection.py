"""A connection on which ready answers are sent as soon as a request's head is read.

What is sent, logged and counted is what the application's answer would be: see tests/serve/test_ready.py.
"""

from __future__ import annotations

import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from builder.serve.connection import LimitedProtocol
from builder.serve.metrics import Metrics
from builder.serve.ready import EXTENSION, Key, Offer, ReadyAnswer, ReadyAnswers, key_of


class ReadyProtocol(LimitedProtocol):
    """One connection, within limits, with the answers that all connections of a server share."""

    ready: ReadyAnswers
    metrics: Metrics | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_answered = self._has_sent = False

    def data_received(self, data: bytes) -> None:
        """Read what a client sends."""
        self._has_sent = False
        super().data_received(data)

    def on_message_complete(self) -> None:
        """The request is whole; one with a ready answer has it already."""
        if not self._is_answered:
            super().on_message_complete()

    def respond(self) -> None:
        """Send the ready answer, or have the application make one."""
        key = self._key()
        answer = self.ready.find(key) if key else None
        self._is_answered = answer is not None
        if answer is not None:
            self._send(answer)
            return
        if key is not None:
            self.scope["extensions"] = {EXTENSION: Offer(key)}  # type: ignore[dict-item]
        super().respond()

    def _key(self) -> Key | None:
        """Return what decides about the answer; None if it has to wait for others, or for the client."""
        is_free = self.cycle is None or self.cycle.response_complete
        # Who sends many requests at once must not be answered as fast as they are read: others wait.
        if not is_free or self._has_sent or self.flow.write_paused:
            return None
        if self.parser.get_method() != b"GET":
            return None
        if self.parser.get_http_version() != "1.1":
            return None
        return key_of(self.url, self.headers)

    def _send(self, answer: ReadyAnswer) -> None:
        start, self._has_sent = time.perf_counter(), True
        if self.access_log:
            self.access_logger.info(
                '%s - "%s %s HTTP/%s" %d',
                ":".join(map(str, self.client or ())),
                "GET",
                answer.path,
                "1.1",
                answer.status,
            )
        lines = [
            name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers
        ]
        self.transport.write(b"".join([STATUS_LINE[answer.status], *lines, answer.sent]))
        self.server_state.total_requests += 1
        self.answered()
        if self.metrics is not None:
            seconds = time.perf_counter() - start
            self.metrics.record("GET", answer.status, seconds, answer.body_bytes)
