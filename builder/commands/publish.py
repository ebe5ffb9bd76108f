"""mcp-registry publish: from a server.json to a published version, or to a request for it."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.model.errors import FindingsError, RegistryError

if TYPE_CHECKING:
    from builder.submit.api import RegistryApi
    from builder.submit.logins import DomainKey
    from builder.submit.request import Target
    from builder.submit.request_plan import EntryProofs
    from builder.submit.submission import Submission
    from builder.submit.target import ForgeLogin


@click.command(
    epilog="Examples: mcp-registry publish --registry https://registry.example.org; "
    "mcp-registry publish server.json --repository https://github.com/example/registry"
)
@click.argument("file", default="server.json", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--registry", default="", metavar="URL", help="The registry's address: by its API.")
@click.option(
    "--repository",
    default="",
    metavar="URL",
    help="The registry's repository on GitHub, GitLab or Codeberg: by a request, if the registry "
    "has no API to publish with. $GITHUB_TOKEN, $GITLAB_TOKEN or $FORGEJO_TOKEN is the token.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A domain's private key (PEM): logs in to the API, signs the entry of a request.",
)
@click.option("--domain", default="", help="The domain that publishes the key.")
@click.option("--http", is_flag=True, help="The key is published by the domain's website, not DNS.")
@click.option(
    "--audience",
    default="",
    metavar="URL",
    show_default="the registry's address",
    help="Whom the token of a run of CI is for, if the registry is reached by another address.",
)
@click.option("--forge-api", default="", metavar="URL", help="The forge's API, if it is elsewhere.")
@click.option(
    "--client-id",
    default="",
    metavar="ID",
    help="A GitHub app to log in with in a browser, for a request without a token.",
)
@click.option(
    "--sigstore-config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where a Sigstore of your own is (a client trust config), for the bundle of a run of CI.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the gate's verdict on a request.",
)
@click.option("--dry-run", is_flag=True, help="Check, say what would be done, and do nothing.")
def command(
    file: Path, registry: str, repository: str, key: Path | None, domain: str, http: bool,
    audience: str, forge_api: str, client_id: str, sigstore_config: Path | None, wait: int, dry_run: bool,
) -> None:  # fmt: skip
    """Check a server.json, prove whose it is, and publish it.

    In GitHub Actions and GitLab CI the run proves itself, without a secret; elsewhere a domain's
    key does (--key, --domain), a token in $MCP_GITHUB_TOKEN, or a login in a browser. A registry
    without an API gets a pull or merge request: there the key signs the entry, and the run signs
    it with Sigstore. Prints the address and the verdict; exit code 1 if the entry is refused.
    """
    if not registry and not repository:
        raise click.UsageError("say where: --registry URL or --repository URL")
    if (key is None) != (not domain):
        raise click.UsageError("--key and --domain belong together")
    from builder.submit import submission as submissions
    from builder.submit.api import RegistryApi

    submission = submissions.read(file)
    _check(submission)
    held = _domain_key(key, domain, http)
    api = RegistryApi(url=registry.rstrip("/"))
    if registry and api.takes_publications():
        _by_api(api, submission, held, audience, dry_run)
    elif repository:
        login = _forge_login(client_id or (api.github_client_id() if registry else ""))
        target = _target(repository, login, forge_api)
        with closing(target.rest.client):
            _by_request(target, submission, _proofs(held, sigstore_config, dry_run), wait, dry_run)
    else:
        raise RegistryError(
            f"{registry} has no API to publish with", help="name its repository: --repository URL"
        )


def _check(submission: Submission) -> None:
    from builder.model.finding import Severity
    from builder.submit import submission as submissions

    findings = submissions.check(submission)
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.message} ({finding.rule})", err=True)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(f"{submission.title} is not published: it has errors")


def _domain_key(key: Path | None, domain: str, http: bool) -> DomainKey | None:
    from builder.ownership.key import read_private
    from builder.submit.logins import DomainKey

    if key is None:
        return None
    private = read_private(key.read_bytes())
    return DomainKey(domain=domain, source="http" if http else "dns", private=private)


def _by_api(
    api: RegistryApi, submission: Submission, key: DomainKey | None, audience: str, dry_run: bool
) -> None:
    from builder.submit import logins
    from builder.submit.logins import LoginOptions

    options = LoginOptions(
        variables=os.environ,
        key=key,
        tell=lambda text: click.echo(text, err=True),
        audience=audience,
    )
    if dry_run:
        for issue in api.validate(submission):
            click.echo(issue)
        click.echo(f"would publish {submission.title} at {api.url} ({logins.choose(options)})")
        return
    address = api.publish(submission, api.log_in(options))
    click.echo(f"published {submission.title}: {address}")
    click.echo("verdict: accept")


def _forge_login(client_id: str) -> ForgeLogin:
    from builder.submit.target import ForgeLogin

    return ForgeLogin(
        variables=os.environ, tell=lambda text: click.echo(text, err=True), client_id=client_id
    )


def _target(repository: str, login: ForgeLogin, api: str) -> Target:
    from builder.submit.target import connect

    return connect(repository, login, api)


def _proofs(key: DomainKey | None, trust_config: Path | None, dry_run: bool) -> EntryProofs:
    """Return what to sign with; a dry run signs nothing in public."""
    from builder.submit import run_signature
    from builder.submit.request_plan import EntryProofs

    run = None if dry_run else run_signature.signer(os.environ, trust_config)
    return EntryProofs(key=key, run=run)


def _by_request(
    target: Target, submission: Submission, proofs: EntryProofs, seconds: int, dry_run: bool
) -> None:
    from builder.submit import forge_requests, gate_verdict, request_plan

    plan = request_plan.plan(target, submission, proofs)
    if dry_run:
        paths = ", ".join(plan.files)
        click.echo(f"would open a request as {target.account}: {plan.title} ({paths})")
        return
    opened = forge_requests.open_request(target, plan)
    click.echo(f"proposed {submission.title}: {opened.address}")
    verdict = gate_verdict.wait(target, opened, seconds, time.sleep)
    click.echo(f"verdict: {verdict or 'none yet; it will be there'}")
    if verdict == "reject":
        raise FindingsError(f"{submission.title} is refused: {opened.address} says why")
