"""Where `mcp-registry serve` listens: for readers, and for who watches it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from builder.serve.metrics import Metrics


def listener(host: str, port: int) -> socket.socket:
    """Listen on a port; RegistryError with the way out if it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (TypeError, UnicodeError) as error:  # as Python refuses a name that no host can have
        raise RegistryError(f"cannot listen on {host!a}: no host has such a name") from error
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # then comes the address once more
        raise RegistryError(
            f"cannot listen on {host} port {port}: {reason}",
            help="choose another with --host"
            if error.errno == socket.EAI_NONAME
            else "choose another with --port, or --port 0 for any that is free",
        ) from error


def authority(listener: socket.socket) -> str:
    """Return where a socket listens, as an address has it: `127.0.0.1:8000`, `[::1]:8000`."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def exposed_metrics(metrics: Metrics, host: str, port: int | None) -> Iterator[None]:
    """Answer /metrics and /health on a port while the site is served; on none if `port` is None."""
    from builder.serve.metrics import exposed

    if port is None:
        yield
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(exposed(metrics, host, port))
        except OSError as error:
            raise RegistryError(
                f"cannot listen on {host} port {port}: {error.strerror}",
                help="choose another with --metrics-port",
            ) from error
        click.echo(f"metrics at {url}/metrics", err=True)
        yield
