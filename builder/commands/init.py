"""mcp-registry init."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(
    epilog='Example: mcp-registry init my-registry --title "My registry" && cd my-registry && mcp-registry serve'
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="What the registry is called.  [default: the folder's name]")
@click.option(
    "--base-url", help="Where the site will be.  [default: from the git remote, else asked for]"
)
@click.option(
    "--extension-namespace",
    help="Your reverse-DNS name, for extensions of the API.  [default: from the addresses]",
)
@click.option(
    "--repository",
    help="The repository's web address, for edit and report links.  [default: from the git remote]",
)
@click.option(
    "--ci",
    type=click.Choice(("github", "gitlab", "forgejo", "none")),
    help="Whose CI runs the gate: its files are written.  [default: from the git remote, else github]",
)
@click.option(
    "--private",
    is_flag=True,
    help="For an organisation's own use: asks nothing, is for this version of the builder alone, and "
    "publishes to no public host.",
)
@click.option(
    "--parts",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many jobs of CI share each build (GitHub), for a registry that takes one too long.",
)
def command(
    folder: Path,
    title: str | None,
    base_url: str | None,
    extension_namespace: str | None,
    repository: str | None,
    ci: str | None,
    private: bool,
    parts: int,
) -> None:
    """Write a new, empty registry repository into DIR and commit it.

    It builds at once, and is ready to push: settings, folders, workflows and a README. In a clone
    of an empty repository on GitHub, GitLab or Codeberg the addresses follow from its remote.
    """
    import json

    from builder.authoring import addresses, new_registry
    from builder.model import config

    remote = new_registry.remote(folder)
    known = addresses.from_remote(remote)
    ask = _default if private else _ask
    site = base_url or (known.base_url if known else ask("Base URL", addresses.LOCAL_URL))
    of_account = known.extension_namespace if known else ""
    of_site = addresses.namespace_of
    namespace = extension_namespace or of_site(base_url or "") or of_account or of_site(site)
    values = {
        "title": title or folder.resolve().name,
        "base_url": site,
        "extension_namespace": namespace or ask("Extension namespace", addresses.LOCAL_NAMESPACE),
        "repository": repository or (known.repository if known else ""),
    }
    forge = ci or new_registry.forge_of(remote)
    if parts > 1 and (private or forge != "github"):
        raise click.UsageError("--parts writes a workflow for GitHub Pages")
    config.parse(json.dumps(values).encode())  # a wrong value is refused before anything is written
    new_registry.create(folder, forge, private=private, parts=parts, **values)
    click.echo(f"a new registry is in {folder}; next: cd {folder} && mcp-registry serve")
    if values["base_url"] == addresses.LOCAL_URL:
        click.echo(
            "before you publish it: set base_url in registry.yaml to the address that readers will use",
            err=True,
        )


def _default(_question: str, default: str) -> str:
    return default


def _ask(question: str, default: str) -> str:
    """Ask on a terminal; elsewhere the default stands."""
    if not sys.stdin.isatty():
        return default
    return str(click.prompt(question, default=default, err=True))
