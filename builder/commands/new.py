"""mcp-registry new."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.authoring.new_entry import Known
    from builder.model.finding import Finding
    from builder.model.policy_settings import Policy


@click.command(
    epilog="Examples: mcp-registry new io.github.alice/weather --version 1.0.0 --description 'Tells the weather' "
    "--package npm:@alice/weather; mcp-registry new --from ../weather"
)
@click.argument("name", required=False, default="")
@click.option("--version", default="", help="The version to publish.")
@click.option("--description", default="", help="One sentence of at most 100 characters.")
@click.option("--repository", default="", help="The source code's web address.")
@click.option(
    "--package",
    "packages",
    multiple=True,
    metavar="TYPE:IDENTIFIER[@VERSION]",
    help="A package, as npm:@alice/weather; of the version of the server, if it names none.",
)
@click.option(
    "--remote", "remotes", multiple=True, metavar="URL", help="The address of a hosted server."
)
@click.option(
    "--from",
    "package",
    type=click.Path(path_type=Path, exists=True),
    help="A server.json to take as it is, or a folder with one, or with package.json or "
    "pyproject.toml to take the rest from.",
)
@click.option("--print", "only_print", is_flag=True, help="Print the entry, write nothing.")
@options.root
def command(
    name: str,
    version: str,
    description: str,
    repository: str,
    packages: tuple[str, ...],
    remotes: tuple[str, ...],
    package: Path | None,
    only_print: bool,
    root: Path,
) -> None:
    """Write the entry of a server, NAME being <namespace>/<server>, at its place in servers/.

    What is not given is taken from --from. An entry that check would refuse is not written.
    """
    from builder.authoring import new_entry
    from builder.commands import show
    from builder.git.discovery import discover
    from builder.model.errors import RegistryError
    from builder.model.layout import namespace_path

    known = new_entry.Known(
        name=name,
        version=version,
        description=description,
        repository=repository,
        packages=tuple(new_entry.parse_package(text) for text in packages),
        remotes=remotes,
    )
    content = _content(known, package)
    if only_print:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    top = discover(root).root
    policy = _policy(top)
    if wrong := _errors(content, policy):
        show.findings(wrong)
        raise RegistryError(
            "nothing was written: check would refuse the entry",
            help="mend the package or the flags; --print shows the entry",
        )
    path = new_entry.write(top, content)
    namespace = content["name"].partition("/")[0]
    owners = top / namespace_path(namespace)
    click.echo(f"wrote {path}; next: mcp-registry check {path}")
    if not owners.exists() and not policy.publish.granted(namespace):
        click.echo(f"{owners.parent.name} is new here: add who owns it, {owners}, for example")
        click.echo("  owners: [{github: YOUR-LOGIN, id: YOUR-NUMERIC-ID}]\n  proof: github")


def _content(known: Known, package: Path | None) -> Mapping[str, Any]:
    """Return the entry: a server.json as it is, or what is given and known of a package."""
    from builder.authoring import new_entry

    whole = new_entry.server_json(package) if package else None
    if whole is None:
        read = new_entry.read_package(package) if package else None
        return new_entry.document(known.or_else(read) if read else known)
    if known != new_entry.Known():
        raise click.UsageError(f"{whole} is taken as it is: give no flags beside it")
    return new_entry.read_whole(whole)


def _policy(top: Path) -> Policy:
    """Return the policy that registry.yaml in a working tree has, the default one if it can't be read."""
    from builder.model import config
    from builder.model.errors import ConfigError
    from builder.model.layout import CONFIG
    from builder.model.policy_settings import Policy

    file = top / CONFIG
    try:
        return config.parse(file.read_bytes()).policy if file.is_file() else Policy()
    except ConfigError:  # check tells it
        return Policy()


def _errors(content: Mapping[str, Any], policy: Policy) -> list[Finding]:
    """Return the errors for which `check` would refuse an entry."""
    from builder.check import engine
    from builder.model.finding import Severity
    from builder.model.layout import entry_path
    from builder.rules.engine.private import of_policy

    data = json.dumps(content, indent=2, ensure_ascii=False).encode()
    path = entry_path(content["name"], content["version"])
    findings = engine.check_document(data, path, private=of_policy(policy))
    return [finding for finding in findings if finding.severity is Severity.ERROR]
