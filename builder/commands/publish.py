"""mcp-registry publish: from a server.json to a published version, or to a request for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands import publisher_options
from builder.commands.publisher_options import PublisherOptions
from builder.model.errors import FindingsError, RegistryError

if TYPE_CHECKING:
    from builder.model.config import Config
    from builder.model.finding import Finding
    from builder.submit.api import RegistryApi
    from builder.submit.logins import DomainKey
    from builder.submit.rehearsal import Rehearsal
    from builder.submit.request import RegistryRepository, Target
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
@click.option(
    "--dry-run",
    is_flag=True,
    help="Check what can be checked without a login, say what would be done, and do nothing.",
)
def command(file: Path, sigstore_config: Path | None, dry_run: bool, **given: Any) -> None:
    """Check a server.json, prove whose it is, and publish it.

    In GitHub Actions and GitLab CI the run proves itself, without a secret; elsewhere a domain's
    key does (--key, --domain), a token in $MCP_GITHUB_TOKEN, or a login in a browser. A registry
    without an API gets a pull or merge request: there the key signs the entry, and the run signs
    it with Sigstore. Prints the address and the verdict; exit code 1 if the entry is refused.
    """
    from builder.submit.api import RegistryApi
    from builder.submit.request import Target

    options = PublisherOptions(**given)
    options.check()
    submission, told = _checked(file)
    key = options.domain_key()
    api = RegistryApi(url=options.registry.rstrip("/"))
    if options.registry and api.takes_publications():
        act = _rehearse_by_api if dry_run else _by_api
        act(api, submission, key, options)
    elif options.repository:
        proofs = _proofs(key, sigstore_config)
        target = options.look() if dry_run else options.connect()
        with closing(target.rest.client):
            settings = _settings(target, file, submission, told)
            if isinstance(target, Target) and not dry_run:
                _by_request(target, settings, submission, proofs, options)
            else:
                _rehearse_by_request(target, settings, submission, proofs, options)
    else:
        raise RegistryError(
            f"{options.registry} has no API to publish with",
            help="name its repository: --repository URL",
        )


def _checked(file: Path) -> tuple[Submission, list[Finding]]:
    """Return what is to be published, and what `check` finds, which is told; FindingsError for an error."""
    from builder.submit import submission as submissions

    data = submissions.load(file)
    findings = submissions.check(file, data)
    _tell(file, findings)
    return submissions.read(file, data), findings


def _settings(
    target: RegistryRepository, file: Path, submission: Submission, told: Sequence[Finding]
) -> Config:
    """Return the registry's settings, by which the entry is checked once more."""
    from builder.rules.engine.private import of_policy
    from builder.submit import request_plan
    from builder.submit import submission as submissions

    settings = request_plan.settings_of(target)
    findings = submissions.check(file, submission.data, of_policy(settings.policy))
    _tell(file, [finding for finding in findings if finding not in told])
    return settings


def _tell(file: Path, findings: Sequence[Finding]) -> None:
    from builder.commands import show
    from builder.model.finding import Severity

    show.findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(f"{file} is not published: it has errors")


def _by_api(
    api: RegistryApi, submission: Submission, key: DomainKey | None, options: PublisherOptions
) -> None:
    address = api.publish(submission, api.log_in(options.login(key)))
    click.echo(f"published {submission.title}: {address}")
    click.echo("verdict: accept")


def _rehearse_by_api(
    api: RegistryApi, submission: Submission, key: DomainKey | None, options: PublisherOptions
) -> None:
    from builder.submit import logins, rehearsal

    login = options.login(key)
    validation = api.validate(submission)
    for issue in validation.issues:
        click.echo(issue)
    if not validation.valid:
        raise FindingsError(f"{api.url} would refuse {submission.title}")
    if api.has(submission):
        raise FindingsError(
            f"{submission.title} is published already at {api.url}: a version never changes, raise it"
        )
    missing = logins.missing(login, api.health())
    _say(rehearsal.by_api(api, submission, logins.choose(login), missing))


def _proofs(key: DomainKey | None, trust_config: Path | None) -> EntryProofs:
    """Return what to sign with."""
    from builder.submit import run_signature
    from builder.submit.request_plan import EntryProofs

    return EntryProofs(key=key, run=run_signature.signer(os.environ, trust_config))


def _by_request(
    target: Target,
    settings: Config,
    submission: Submission,
    proofs: EntryProofs,
    options: PublisherOptions,
) -> None:
    from builder.submit import forge_requests, request_plan

    plan = request_plan.plan(target, settings, submission, proofs)
    opened = forge_requests.open_request(target, plan)
    options.tell_verdict(target, opened, submission.title)


def _rehearse_by_request(
    target: RegistryRepository,
    settings: Config,
    submission: Submission,
    proofs: EntryProofs,
    options: PublisherOptions,
) -> None:
    """Say what a request would be; nothing is signed in public."""
    from builder.submit import rehearsal, request_plan

    run = proofs.run and replace(proofs.run, sign=lambda _data: b"")
    plan = request_plan.plan(target, settings, submission, replace(proofs, run=run))
    variable = options.place().token_variable
    _say(rehearsal.by_request(target, plan, submission, proofs, variable))


def _say(told: Rehearsal) -> None:
    for warning in told.warnings:
        click.echo(f"warning: {warning}", err=True)
    for open_point in told.unchecked:
        click.echo(f"not checked: {open_point}", err=True)
    click.echo(told.would)
