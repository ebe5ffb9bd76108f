"""mcp-registry publish: from a server.json to a published version, or to a request for it."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.model.errors import FindingsError, RegistryError

if TYPE_CHECKING:
    from builder.submit.api import RegistryApi
    from builder.submit.logins import DomainKey
    from builder.submit.submission import Submission


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
    help="Log in with a domain's private key (PEM).",
)
@click.option("--domain", default="", help="The domain that publishes the key.")
@click.option("--http", is_flag=True, help="The key is published by the domain's website, not DNS.")
@click.option("--forge-api", default="", metavar="URL", help="The forge's API, if it is elsewhere.")
@click.option("--dry-run", is_flag=True, help="Check, say what would be done, and do nothing.")
def command(
    file: Path,
    registry: str,
    repository: str,
    key: Path | None,
    domain: str,
    http: bool,
    forge_api: str,
    dry_run: bool,
) -> None:
    """Check a server.json, prove whose it is, and publish it.

    In GitHub Actions and GitLab CI the run proves itself, without a secret; elsewhere a domain's
    key does (--key, --domain), a token in $MCP_GITHUB_TOKEN, or a login in a browser. A registry
    without an API gets a pull or merge request. Exit code 1 if the entry is refused.
    """
    if not registry and not repository:
        raise click.UsageError("say where: --registry URL or --repository URL")
    if (key is None) != (not domain):
        raise click.UsageError("--key and --domain belong together")
    from builder.submit import submission as submissions
    from builder.submit.api import RegistryApi

    submission = submissions.read(file)
    _check(submission)
    api = RegistryApi(url=registry.rstrip("/"))
    if registry and api.takes_publications():
        _by_api(api, submission, _domain_key(key, domain, http), dry_run)
    elif repository:
        _by_request(repository, forge_api, submission, dry_run)
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


def _by_api(api: RegistryApi, submission: Submission, key: DomainKey | None, dry_run: bool) -> None:
    from builder.submit import logins
    from builder.submit.logins import LoginOptions

    options = LoginOptions(
        variables=os.environ, key=key, tell=lambda text: click.echo(text, err=True)
    )
    if dry_run:
        for issue in api.validate(submission):
            click.echo(issue)
        click.echo(f"would publish {submission.title} at {api.url} ({logins.choose(options)})")
        return
    address = api.publish(submission, api.log_in(options))
    click.echo(f"published {submission.title}: {address}")


def _by_request(repository: str, api: str, submission: Submission, dry_run: bool) -> None:
    from builder.submit import requests

    target = requests.connect(repository, os.environ, api)
    with closing(target.rest.client):
        plan = requests.plan(target, submission)
        if dry_run:
            paths = ", ".join(plan.files)
            click.echo(f"would open a request as {target.account}: {plan.title} ({paths})")
            return
        address = requests.open_request(target, plan)
    click.echo(f"proposed {submission.title}: {address}; the gate's verdict will be there")
