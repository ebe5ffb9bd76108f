"""HTTP for the official SDK: checked addresses only, and no more bytes than an answer may have.

The SDK brings a client library of its own (httpx2); this is net/transport.py for it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any

import anyio.to_thread
import httpcore2
import httpx2

from builder import USER_AGENT
from builder.net.addresses import Guard

SILENCE = 10.0  # seconds


class TooManyBytes(Exception):
    """A server sent more than it may in one conversation."""


def open_http(transport: CheckedTransport) -> httpx2.AsyncClient:
    """Return a client that sends by this transport alone."""
    return httpx2.AsyncClient(
        transport=transport,
        headers={"User-Agent": USER_AGENT},
        timeout=SILENCE,
        follow_redirects=False,
        trust_env=False,
    )


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Reaches public addresses only and reads at most `left` bytes; `status` is that of the last answer."""

    def __init__(self, guard: Guard, most_bytes: int, tls: ssl.SSLContext | None = None) -> None:
        self.left = most_bytes
        self.status = 0
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(), network_backend=_Backend(guard)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the answer's body is read from its stream."""
        url = request.url
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = await self._pool.handle_async_request(sent)
        except (
            httpcore2.NetworkError,
            httpcore2.TimeoutException,
            httpcore2.ProtocolError,
        ) as error:
            raise httpx2.ConnectError(
                str(error) or type(error).__name__, request=request
            ) from error
        self.status = answer.status
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(self, answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, transport: CheckedTransport, answer: httpcore2.Response) -> None:
        self._transport = transport
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            self._transport.left -= len(piece)
            if self._transport.left < 0:
                raise TooManyBytes("it sends more bytes than an answer may have")
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Backend(httpcore2.AsyncNetworkBackend):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await anyio.to_thread.run_sync(self._guard.addresses, host, port)
        trouble: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._sockets.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                trouble = error
        raise trouble

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)
