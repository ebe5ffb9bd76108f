"""mcp-registry serve."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import click

from builder.commands import options
from builder.model.errors import RegistryError


@click.command(epilog="Example: mcp-registry serve --port 8080, then open http://127.0.0.1:8080")
@options.root
@options.out
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any that is free.",
)
@click.option("--plain", is_flag=True, help="Ignore every query, as the dumbest file host does.")
@options.jobs
def command(root: Path, out: Path | None, host: str, port: int, plain: bool, jobs: int) -> None:
    """Build the site unless it is that of the current commit already, and serve it.

    Answers the official API's queries (limit, cursor, search, updated_since, version,
    include_deleted) from the built files.
    """
    from urllib.parse import urlsplit

    import uvicorn

    from builder.build.build import build
    from builder.build.errors import EntriesError
    from builder.commands import show
    from builder.git import settings
    from builder.git.repository import discover
    from builder.runtime.progress import Progress
    from builder.serve import app

    repository = discover(root)
    folder = out or repository.root / "public"
    # Before the build: nobody should wait for that to hear that the port is taken.
    with _listener(host, port) as listener:
        try:
            with show.uncommitted(repository):
                build(repository, "HEAD", folder, jobs, progress=Progress(show=True))
        except EntriesError as error:
            show.findings(error.findings)
            raise
        registry = settings.load_config(repository, repository.commit("HEAD"))
        application = app.application(
            folder,
            plain=plain,
            prefix=urlsplit(registry.base_url).path,
            overlap_minutes=registry.api.updated_since_overlap_minutes,
        )
        click.echo(f"serving {folder} on http://{_authority(listener)}", err=True)
        config = uvicorn.Config(application, log_level="warning", lifespan="off")
        with suppress(KeyboardInterrupt):  # that is how a server is stopped
            uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # then comes the address once more
        raise RegistryError(
            f"cannot listen on {host} port {port}: {reason}",
            help="choose another with --port, or --port 0 for any that is free",
        ) from error


def _authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
