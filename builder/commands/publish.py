"""mcp-registry publish: from a server.json to a published version, or to a request for it."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands import publisher_options
from builder.commands.publisher_options import PublisherOptions
from builder.model.errors import FindingsError, RegistryError

if TYPE_CHECKING:
    from builder.submit.api import RegistryApi
    from builder.submit.logins import DomainKey
    from builder.submit.request import Target
    from builder.submit.request_plan import EntryProofs
    from builder.submit.submission import Submission


@click.command(
    epilog="Examples: mcp-registry publish --registry https://registry.example.org; "
    "mcp-registry publish server.json --repository https://github.com/example/registry"
)
@click.argument("file", default="server.json", type=click.Path(path_type=Path, dir_okay=False))
@publisher_options.options
@click.option(
    "--sigstore-config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where a Sigstore of your own is (a client trust config), for the bundle of a run of CI.",
)
@click.option("--dry-run", is_flag=True, help="Check, say what would be done, and do nothing.")
def command(file: Path, sigstore_config: Path | None, dry_run: bool, **given: Any) -> None:
    """Check a server.json, prove whose it is, and publish it.

    In GitHub Actions and GitLab CI the run proves itself, without a secret; elsewhere a domain's
    key does (--key, --domain), a token in $MCP_GITHUB_TOKEN, or a login in a browser. A registry
    without an API gets a pull or merge request: there the key signs the entry, and the run signs
    it with Sigstore. Prints the address and the verdict; exit code 1 if the entry is refused.
    """
    from builder.submit.api import RegistryApi

    options = PublisherOptions(**given)
    options.check()
    submission = _checked(file)
    key = options.domain_key()
    api = RegistryApi(url=options.registry.rstrip("/"))
    if options.registry and api.takes_publications():
        _by_api(api, submission, key, options, dry_run)
    elif options.repository:
        target = options.connect()
        with closing(target.rest.client):
            proofs = _proofs(key, sigstore_config, dry_run)
            _by_request(target, submission, proofs, options, dry_run)
    else:
        raise RegistryError(
            f"{options.registry} has no API to publish with",
            help="name its repository: --repository URL",
        )


def _checked(file: Path) -> Submission:
    """Return what is to be published, and print what `check` finds; FindingsError if that is an error."""
    from builder.commands import show
    from builder.model.finding import Severity
    from builder.submit import submission as submissions

    data = submissions.load(file)
    findings = submissions.check(file, data)
    show.findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(f"{file} is not published: it has errors")
    return submissions.read(file, data)


def _by_api(
    api: RegistryApi,
    submission: Submission,
    key: DomainKey | None,
    options: PublisherOptions,
    dry_run: bool,
) -> None:
    from builder.submit import logins

    login = options.login(key)
    if dry_run:
        validation = api.validate(submission)
        for issue in validation.issues:
            click.echo(issue)
        if not validation.valid:
            raise FindingsError(f"{api.url} would refuse {submission.title}")
        if missing := logins.missing(login, api.health()):
            click.echo(f"warning: the login would fail: {missing}", err=True)
        click.echo(f"would publish {submission.title} at {api.url} ({logins.choose(login)})")
        return
    address = api.publish(submission, api.log_in(login))
    click.echo(f"published {submission.title}: {address}")
    click.echo("verdict: accept")


def _proofs(key: DomainKey | None, trust_config: Path | None, dry_run: bool) -> EntryProofs:
    """Return what to sign with; a dry run signs nothing in public."""
    from builder.submit import run_signature
    from builder.submit.request_plan import EntryProofs

    run = None if dry_run else run_signature.signer(os.environ, trust_config)
    return EntryProofs(key=key, run=run)


def _by_request(
    target: Target,
    submission: Submission,
    proofs: EntryProofs,
    options: PublisherOptions,
    dry_run: bool,
) -> None:
    from builder.submit import forge_requests, request_plan

    plan = request_plan.plan(target, submission, proofs)
    if dry_run:
        paths = ", ".join(plan.files)
        click.echo(f"would open a request as {target.account}: {plan.title} ({paths})")
        return
    opened = forge_requests.open_request(target, plan)
    options.tell_verdict(target, opened, submission.title)
