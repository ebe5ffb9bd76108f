"""mcp-registry prove."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from builder.commands import committing, options
from builder.commands.forge_option import ForgeType, NamedForge, known_kinds
from builder.model.errors import FindingsError, RegistryError

if TYPE_CHECKING:
    from pathlib import Path

    from builder.catalogue.server import Server
    from builder.facts.accounts import ForgeAccounts
    from builder.facts.proving import Asked, AskPackages, VerifyBundle
    from builder.git.repository import Repository
    from builder.model.config import Config
    from builder.model.proof_facts import ProvenanceFacts
    from builder.model.sidecars import Namespace
    from builder.ownership.bundle import BundleVerifier
    from builder.ownership.signed_run import SignedRun


@click.command(
    epilog="Examples: mcp-registry prove --all --commit; mcp-registry prove com.example 'io.github.*'"
)
@click.argument("namespaces", nargs=-1, metavar="[NAMESPACE]...")
@click.option("--all", "every_namespace", is_flag=True, help="Ask about every namespace.")
@click.option(
    "--packages/--no-packages", default=True, help="Ask npm and PyPI what packages were built from."
)
@click.option(
    "--every",
    type=click.IntRange(1, 365),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Date a proof that goes on holding anew after so many days.",
)
@click.option(
    "--forge",
    "forges",
    type=ForgeType(needs_address=True),
    multiple=True,
    help="A forge of your own: its kind, and its API's address. Repeatable.",
)
@committing.commit_option("Commit the facts.")
@options.resolver
@options.root
def command(
    namespaces: tuple[str, ...], every_namespace: bool, packages: bool, every: int,
    forges: tuple[NamedForge, ...], do_commit: bool, resolver: str, root: Path,
) -> None:  # fmt: skip
    """Ask again whether owners, keys and domains still hold, and keep the answers as dated facts.

    A domain must still publish a key of its namespace.yaml; accounts are asked for by their numbers
    at their forges ($GITHUB_TOKEN, $GITLAB_TOKEN, $FORGEJO_TOKEN raise their limits). Sigstore
    bundles that have landed are noted in facts.yaml and removed. Nothing else is changed or
    deleted. Exit code 1 if a proof does not hold any more.
    """
    from builder.build import source
    from builder.facts import proving, standing
    from builder.git.discovery import discover
    from builder.git.settings import load_config
    from builder.net.network import Network

    if every_namespace == bool(namespaces):
        raise click.UsageError("name namespaces, or give --all")
    repository = discover(root)
    config = load_config(repository, "HEAD")
    servers = source.load(repository, "HEAD").catalogue.servers
    chosen = _chosen(repository.root, servers, namespaces)
    verifiers = _verifiers(repository, config)
    day = datetime.now(UTC).date().isoformat()
    asking = proving.ProofQuestion(
        day=day,
        every=every,
        namespace=partial(
            standing.ask,
            network=Network(resolver=resolver),
            accounts=_accounts(forges),
            granted=config.policy.account_namespaces,
        ),
        packages=_packages(verifiers, day) if packages and verifiers else None,
        bundle=_bundle(verifiers) if verifiers else None,
    )
    failing = _tell(proving.prove(repository.root, chosen, asking))
    click.echo(f"{len(chosen):,} namespaces asked on {day}, {failing:,} no longer proved")
    if do_commit:
        committing.commit(repository, "Prove again who owns what", "servers")
    if failing:
        raise FindingsError(f"{failing:,} namespaces are no longer proved")


def _chosen(
    root: Path, servers: Sequence[Server], names: Sequence[str]
) -> dict[str, tuple[Namespace, list[Server]]]:
    """Return the namespaces that have a namespace.yaml, with the servers that are published there."""
    from builder.model.layout import namespace_path
    from builder.model.sidecars import SidecarError, read_namespace

    chosen: dict[str, tuple[Namespace, list[Server]]] = {}
    for server in servers:
        namespace = server.namespace
        if names and not any(fnmatchcase(namespace, name) for name in names):
            continue
        if server.latest is None or server.latest.source:
            continue
        path = root / namespace_path(namespace)
        if namespace not in chosen and path.is_file():
            try:
                chosen[namespace] = (read_namespace(path.read_bytes()), [])
            except SidecarError as error:
                raise RegistryError(f"{path}: {error}", help="mend the file") from error
        if namespace in chosen:
            chosen[namespace][1].append(server)
    for name in names:
        if not any(fnmatchcase(namespace, name) for namespace in chosen):
            raise RegistryError(f"no namespace {name!r} has servers and a namespace.yaml here")
    return chosen


def _accounts(forges: Sequence[NamedForge]) -> ForgeAccounts:
    """Return how accounts are asked for: at the forges named too, with the tokens that are there.

    The token of a kind is for the servers that are named of it, else for the public one.
    """
    from builder.facts.accounts import ForgeAccounts

    kinds = known_kinds()
    named = {forge.host: forge.kind for forge in forges}
    public = {kind.host: name for name, kind in kinds.items() if name not in named.values()}
    return ForgeAccounts(
        apis={forge.host: forge.api for forge in forges},
        tokens={
            host: os.environ.get(kinds[name].token_variable, "")
            for host, name in {**public, **named}.items()
        },
    )


def _verifiers(repository: Repository, config: Config) -> list[BundleVerifier]:
    """Return what verifies bundles, by the public roots and by our own; none if that is not installed."""
    from builder.ownership import bundle
    from builder.ownership.signed_run import Unverifiable

    path = config.policy.sigstore_root
    roots = [None, repository.blob("HEAD", path)] if path else [None]
    try:
        return [bundle.connect(root) for root in roots]
    except Unverifiable as error:
        click.echo(
            f"{error.message}: bundles and packages are not looked at ({error.help})", err=True
        )
        return []


def _bundle(verifiers: Sequence[BundleVerifier]) -> VerifyBundle:
    def verify(data: bytes, entry: bytes) -> SignedRun:
        from builder.ownership.signed_run import BundleError

        trouble: BundleError | None = None
        for verifier in verifiers:
            try:
                return verifier.verify(data, entry)
            except BundleError as error:
                trouble = error
        raise trouble or BundleError("nothing verifies it")

    return verify


def _packages(verifiers: Sequence[BundleVerifier], day: str) -> AskPackages:
    def ask(document: Mapping[str, Any]) -> Mapping[str, ProvenanceFacts]:
        from builder.model.proof_facts import ProvenanceFacts
        from builder.package_proof import ProofSettings, provenance
        from builder.package_proof.client import PackageRegistryClient

        with PackageRegistryClient(ProofSettings()) as client:
            known = provenance.of_packages(document, client, verifiers)
        return {
            name: ProvenanceFacts(
                asked=day,
                repository=provenance.repository,
                commit=provenance.commit,
                workflow=provenance.workflow,
            )
            for name, provenance in known.items()
        }

    return ask


def _tell(asked: Iterable[Asked]) -> int:
    """Print what came of each namespace; return how many are no longer proved."""
    from builder.model.wording import visible

    failing = 0
    for answer in asked:
        failing += answer.failing
        for line in answer.lines:
            click.echo(visible(f"{answer.namespace}: {line}"))
    return failing
