"""The one transport of outgoing requests: it connects only to addresses that a guard has checked.

The check is made where the connection is made, so that it also covers redirects and a name whose
address changes; Host, SNI and certificate stay those of the host. Every read counts against the
budget of its exchange.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from builder.net import budget
from builder.net.addresses import Guard

_KEEP_ALIVE = 5.0  # seconds; httpx's own default
_SocketOptions = Iterable[Any]


class GuardedTransport(httpx.BaseTransport):
    """Sends requests to checked addresses only. No proxy of the environment is used."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or default_tls(),
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=_GuardedBackend(guard),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the answer's body is read from its stream."""
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx(request):
            answer = self._pool.handle_request(sent)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer, request),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class ProxyAwareTransport(httpx.BaseTransport):
    """Sends requests through the proxy that the environment names for them, if any; else guarded.

    For commands whose server the user has named: behind a company's proxy it is the proxy that
    looks up names and decides what may be reached.
    """

    def __init__(self, guard: Guard) -> None:
        self._guarded = GuardedTransport(guard)
        self._proxied: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by the way that the environment names."""
        proxy = getproxies().get(request.url.scheme)
        if not proxy or proxy_bypass(request.url.host):
            return self._guarded.handle_request(request)
        if proxy not in self._proxied:
            self._proxied[proxy] = httpx.HTTPTransport(verify=default_tls(), proxy=proxy)
        return self._proxied[proxy].handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        for transport in (self._guarded, *self._proxied.values()):
            transport.close()


@cache
def default_tls() -> ssl.SSLContext:
    """Return the usual TLS settings. Reading the trusted certificates takes 20 ms: once is enough."""
    return httpx.create_ssl_context()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._request):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._guard.addresses(host, port)
        trouble: Exception = httpcore.ConnectError(f"{host} has no address")
        for index, address in enumerate(addresses):
            seconds = _bounded(timeout)
            share = seconds and seconds / (len(addresses) - index)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _BudgetedStream(stream)
        raise trouble


class _BudgetedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, _bounded(timeout))
        if (spent := budget.current()) is not None:
            spent.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _bounded(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _BudgetedStream(
            self._stream.start_tls(ssl_context, server_hostname, _bounded(timeout))
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _bounded(timeout: float | None) -> float | None:
    spent = budget.current()
    return timeout if spent is None else spent.bound(timeout)


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Raise httpcore's errors as httpx's of the same name, which say what request they are of."""
    try:
        yield
    except httpx.RequestError as error:
        error.request = request
        raise
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        kind = getattr(httpx, type(error).__name__, httpx.NetworkError)
        raise kind(str(error), request=request) from error
    except httpcore.UnsupportedProtocol as error:
        raise httpx.UnsupportedProtocol(str(error), request=request) from error
