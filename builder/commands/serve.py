"""mcp-registry serve."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options


@click.command(epilog="Example: mcp-registry serve --port 8080, then open http://127.0.0.1:8080")
@options.root
@options.out
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on.",
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

    from builder import build, git, serve, source
    from builder.commands import show
    from builder.progress import Progress

    repository = git.discover(root)
    folder = out or repository.root / "public"
    try:
        with show.uncommitted(repository):
            build.build(repository, "HEAD", folder, jobs, progress=Progress(show=True))
    except build.EntriesError as error:
        show.findings(error.findings)
        raise
    base_url = source.load_config(repository, repository.commit("HEAD")).base_url
    click.echo(f"serving {folder} on http://{host}:{port}", err=True)
    uvicorn.run(
        serve.application(folder, plain=plain, prefix=urlsplit(base_url).path),
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
    )
