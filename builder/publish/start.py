"""Everything that `serve --publish` is made of, put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from builder.forge.forge import Forge
from builder.git import checkout
from builder.git.repository import Repository
from builder.git.resident import resident
from builder.model.config import Config
from builder.model.errors import RegistryError, RepositoryError
from builder.net.network import LookupMemory, Network
from builder.package_proof import ProofSettings
from builder.publish import app, forge_of_requests, live
from builder.publish.audit import AuditLog
from builder.publish.endpoints import Endpoints
from builder.publish.follower import Follower, StepFailed, run_command
from builder.publish.forge_of_requests import ForgeOptions
from builder.publish.login_context import LoginContext
from builder.publish.publications import Publications
from builder.publish.rate import RateLimit
from builder.publish.replay_memory import ReplayMemory, remembering
from builder.publish.requests import Requests
from builder.publish.sessions import Sessions
from builder.publish.signing_keys import SigningKeys
from builder.publish.site_builder import BuildSite, staying_builder
from builder.publish.writer import Writer
from builder.serve import login
from builder.serve.newer import Newer

KEY_VARIABLE = "MCP_REGISTRY_SIGNING_KEY"
TOKEN_VARIABLE = "GITHUB_TOKEN"
LOOKS_EVERY = 30.0
"""Seconds after which it is looked whether a request was merged, though nobody publishes."""
DNS_SECONDS, HTTP_SECONDS = 3.0, 5.0
"""The longest that a domain is waited for: a publisher waits as long."""
MakeSite = Callable[[Newer], ASGIApp]
"""Makes the application that serves the site, given what is newer than its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How a registry takes publications; see the options of `serve`.

    `run` runs a command of this program, `builder` is what builds the site.
    """

    remote: str = ""
    requests: ForgeOptions | None = None
    deploy: str = ""
    signing_key: Path | None = None
    packages: ProofSettings | None = None
    run: Callable[[Sequence[str]], None] = run_command
    builder: Callable[[], AbstractContextManager[BuildSite]] = staying_builder
    network: Network = field(default_factory=Network)
    log: AuditLog = field(default_factory=AuditLog)


@contextmanager
def publishing(
    repository: Repository,
    config: Config,
    out: Path,
    options: PublishOptions,
    make_site: MakeSite,
    complain: Callable[[str], None],
) -> Iterator[ASGIApp]:
    """Yield the application on which one publishes; what was published last is built at the end.

    The site in `out` must have been built. Raises RegistryError if a key, the branch or the remote
    is not as it must be.
    """
    forge = forge_of_requests.connected(config, options.requests) if options.requests else None
    writer = _writer(repository, config, options, forge)
    requests = Requests(writer=writer, forge=forge, repository=config.repository) if forge else None
    keys = SigningKeys(file=options.signing_key, text=os.environ.get(KEY_VARIABLE, ""))
    keys.current()
    now = live.load(writer.repository, config, out, writer.tip())
    with ExitStack() as stack:
        if forge:
            stack.callback(forge.client.close)
        used = stack.enter_context(remembering(repository.folder))
        build_site = stack.enter_context(options.builder())
        follower = Follower(
            tip=partial(_newest, writer, looks=forge is not None),
            steps=_steps(repository, config, out, options, build_site, now, requests),
            complain=complain,
            looks_every=LOOKS_EVERY if forge else None,
        )
        writer.on_commit = partial(_committed, now, follower)
        writer.catch_up()
        endpoints = _endpoints(writer, now, keys, options, requests, used)
        follower.start()
        stack.callback(follower.stop)
        prefix = urlsplit(config.base_url).path
        site = app.described(make_site(now), endpoints, prefix)
        guarded = login.with_login(site, out, config.base_url)
        yield app.application(guarded, site, endpoints, prefix)


def _writer(
    repository: Repository, config: Config, options: PublishOptions, forge: Forge | None
) -> Writer:
    network = _network(options)
    push_token = forge.token if forge else os.environ.get(TOKEN_VARIABLE, "")
    return Writer(
        repository=resident(repository),
        network=replace(network, memory=LookupMemory()),
        config=config,
        remote=options.remote,
        token=push_token if options.remote else "",
    )


def _endpoints(
    writer: Writer,
    now: live.Live,
    keys: SigningKeys,
    options: PublishOptions,
    requests: Requests | None,
    used: ReplayMemory,
) -> Endpoints:
    config = writer.config
    context = LoginContext(config=config, network=_network(options), used=used)
    limits = config.publish.limits
    return Endpoints(
        sessions=Sessions(config=config, logins=context, keys=keys),
        publications=Publications(
            config=config, writer=writer, live=now, packages=options.packages, requests=requests
        ),
        log=options.log,
        by_address=RateLimit(per_minute=limits.per_address),
        by_subject=RateLimit(per_minute=limits.per_subject),
    )


def _network(options: PublishOptions) -> Network:
    """Return the way to others, who have less time here than a gate gives them: publishers wait."""
    return replace(options.network, dns_seconds=DNS_SECONDS, http_seconds=HTTP_SECONDS)


def _newest(writer: Writer, *, looks: bool) -> str:
    """Return the tip of the branch, after a look at what was merged on the forge."""
    if looks:
        try:
            writer.refresh()
        except RegistryError as error:
            raise StepFailed(error.message) from error
    return writer.tip()


def _committed(now: live.Live, follower: Follower, commit: str) -> None:
    now.advance(commit)
    follower.wake()


def _steps(
    repository: Repository,
    config: Config,
    out: Path,
    options: PublishOptions,
    build_site: BuildSite,
    now: live.Live,
    requests: Requests | None,
) -> list[Callable[[str], None]]:
    def rebase(_commit: str) -> None:
        assert requests is not None
        try:
            requests.bring_up_to_date()
        except RegistryError as error:
            raise StepFailed(f"open requests cannot follow: {error.message}") from error

    def check_out(commit: str) -> None:
        try:
            checkout.follow(repository, commit)
        except RepositoryError as error:
            raise StepFailed(f"the working tree cannot follow: {error.message}") from error

    def build(commit: str) -> None:
        build_site(repository.root, out, commit)
        now.settle(commit)

    def deploy(_commit: str) -> None:
        place = ["--root", str(repository.root), "--out", str(out)]
        options.run(["deploy", options.deploy, *place])

    steps: list[Callable[[str], None]] = [rebase] if requests else []
    if checkout.is_checked_out(repository, config.branch):
        checkout.begin(repository, repository.commit("HEAD"))
        steps.append(check_out)
    steps.append(build)
    if options.deploy:
        steps.append(deploy)
    return steps
