"""mcp-registry init."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog='Example: mcp-registry init my-registry --title "My registry" && cd my-registry && mcp-registry serve'
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="What the registry is called.  [default: the folder's name]")
@click.option(
    "--base-url", default="http://127.0.0.1:8000", show_default=True, help="Where the site will be."
)
@click.option(
    "--extension-namespace",
    default="com.example.registry",
    show_default=True,
    help="Your reverse-DNS name, for extensions of the API.",
)
@click.option(
    "--repository", default="", help="The repository's web address, for edit and report links."
)
def command(
    folder: Path, title: str | None, base_url: str, extension_namespace: str, repository: str
) -> None:
    """Write a new, empty registry repository into DIR and commit it.

    It builds at once, and is ready to push: settings, folders, workflows and a README.
    """
    import json

    from builder.authoring import new_registry
    from builder.model import config

    values = {
        "title": title or folder.resolve().name,
        "base_url": base_url,
        "extension_namespace": extension_namespace,
        "repository": repository,
    }
    config.parse(json.dumps(values).encode())  # a wrong value is refused before anything is written
    new_registry.create(folder, **values)
    click.echo(f"a new registry is in {folder}; next: cd {folder} && mcp-registry serve")
