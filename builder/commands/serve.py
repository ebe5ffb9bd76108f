"""mcp-registry serve."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import click

from builder.commands import listening, options, publish_options
from builder.model.errors import RegistryError
from builder.model.wording import counted

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from builder.build.build import Result as BuildResult
    from builder.git.repository import Repository
    from builder.model.api_settings import SearchedParts
    from builder.model.config import Config
    from builder.publish.start import PublishOptions

Result = TypeVar("Result")
_OVERLAP_MINUTES = 120  # what registry.yaml has where it says nothing
_PAUSE = 0.2  # seconds between looks at another build


@click.command(epilog="Example: mcp-registry serve --port 8080, then open http://127.0.0.1:8080")
@options.root
@options.out
@click.option(
    "--site",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Serve this folder, which `build` made (files or packs), as it is: without a repository.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any that is free.",
)
@click.option("--plain", is_flag=True, help="Ignore every query, as the dumbest file host does.")
@click.option(
    "--watch",
    is_flag=True,
    help="Build each new commit of HEAD as it comes, in a process that stays.",
)
@click.option("--access-log", is_flag=True, help="Write a line for each request to stdout.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="Also answer /metrics (Prometheus) and /health (which commit) on this port.",
)
@publish_options.add
@options.jobs
def command(
    root: Path,
    out: Path | None,
    site: Path | None,
    host: str,
    port: int,
    plain: bool,
    watch: bool,
    access_log: bool,
    metrics_port: int | None,
    jobs: int,
    **publishing: Any,
) -> None:
    """Build the site unless it is that of the current commit already, and serve it.

    Answers the official API's queries (limit, cursor, search, updated_since, version,
    include_deleted) from the built files. With --publish also the official API for publishers.
    """
    from builder.serve import app, server
    from builder.serve.metrics import Metrics

    writes = publish_options.read(publishing)
    _exclude("--site", site, {"--out": out})
    _exclude("--publish", writes, {"--plain": plain, "--site": site})
    _exclude("--watch", watch, {"--site": site, "--publish": writes})
    # Before the build: nobody should wait for that to hear that the port is taken.
    with listening.listener(host, port) as listener:
        served = _as_built(site) if site else _built(root, out, jobs, publishes=bool(writes))
        make = partial(
            app.application,
            served.folder,
            plain=plain,
            prefix=urlsplit(served.base_url).path.rstrip("/"),
            overlap_minutes=served.overlap_minutes,
            searched=served.searched,
            base_url=served.base_url,
        )
        metrics = Metrics(served.folder)
        with (
            listening.exposed_metrics(metrics, host, metrics_port),
            _written(make, served, writes) as application,
            _watched(served, jobs) if watch else nullcontext(),
        ):
            click.echo(
                f"serving {served.folder} on http://{listening.authority(listener)}", err=True
            )
            made = server.make_server(application, access_log=access_log, metrics=metrics)
            with suppress(KeyboardInterrupt):  # that is how a server is stopped
                server.run(made, [listener])


def _exclude(option: str, given: object, others: Mapping[str, object]) -> None:
    """Raise UsageError if an option is given beside one of others."""
    for other, value in others.items():
        if given and value:
            raise click.UsageError(f"{option} and {other} exclude each other")


class _Served(NamedTuple):
    """A built site, its address, how queries are answered (`api` of registry.yaml), and what it was built from, if known."""

    folder: Path
    base_url: str
    overlap_minutes: int
    searched: SearchedParts
    source: tuple[Repository, Config] | None = None


def _built(root: Path, out: Path | None, jobs: int, *, publishes: bool) -> _Served:
    """Build the current commit unless it is built; where one publishes, the tip of the branch."""
    from builder.build.build import build
    from builder.build.errors import EntriesError
    from builder.commands import show
    from builder.git import settings
    from builder.git.discovery import discover
    from builder.runtime.progress import Progress

    repository = discover(root)
    folder = out or repository.root / "public"
    rev = settings.published_branch(repository) if publishes else "HEAD"
    try:
        with show.uncommitted(repository):
            _, findings = _patiently(
                partial(build, repository, rev, folder, jobs, progress=Progress(show=True))
            )
    except EntriesError as error:
        show.findings(error.findings)
        raise
    show.findings(findings)
    config = settings.load_config(repository, repository.commit(rev))
    api = config.api
    overlap = api.updated_since_overlap_minutes
    return _Served(folder, config.base_url, overlap, api.search, (repository, config))


def _as_built(folder: Path) -> _Served:
    """Read the site's address from where it names its sitemap."""
    from builder.serve.files import site_files

    try:
        robots = site_files(folder.resolve()).read("robots.txt").decode()
    except OSError as error:
        raise RegistryError(
            f"{folder} is not a built site", help="build it first: mcp-registry build"
        ) from error
    sitemap = next((line for line in robots.splitlines() if line.startswith("Sitemap:")), "")
    address = sitemap.partition(":")[2].strip().removesuffix("/sitemap.xml")
    return _Served(folder, address, _OVERLAP_MINUTES, "name")


@contextmanager
def _written(
    make: Callable[..., ASGIApp], served: _Served, writes: PublishOptions | None
) -> Iterator[ASGIApp]:
    """Yield the application that serves the site, and on which one publishes if that is wanted."""
    if writes is None or served.source is None:
        from builder.serve import login

        yield login.with_login(make(), served.folder, served.base_url)
        return
    from builder.publish.start import publishing

    def complain(text: str) -> None:
        click.secho(f"warning: {text}", fg="yellow", err=True)

    repository, config = served.source
    with publishing(
        repository, config, served.folder, writes, lambda newer: make(newer=newer), complain
    ) as application:
        yield application


@contextmanager
def _watched(served: _Served, jobs: int) -> Iterator[None]:
    """Build new commits while the site is served, and say what became of each."""
    from builder.build.watch import watching
    from builder.commands import show

    def told(made: BuildResult | RegistryError) -> None:
        if isinstance(made, RegistryError):
            show.findings(getattr(made, "findings", ()))
            made.show()
        elif made[0].written or made[0].removed:
            show.findings(made[1])
            click.echo(f"built: {counted(made[0].written, 'file')} written", err=True)

    assert served.source is not None
    with watching(served.source[0], served.folder, jobs, told):
        yield


def _patiently(build: Callable[[], Result]) -> Result:
    """Build; while another process builds the same folder, wait: several servers may share one."""
    from builder.build.trees import BusyError

    is_told = False
    while True:
        try:
            return build()
        except BusyError:
            if not is_told:
                click.echo("another build is writing the folder: waiting for it", err=True)
            is_told = True
            time.sleep(_PAUSE)
