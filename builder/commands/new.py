"""mcp-registry new."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options


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
    metavar="TYPE:IDENTIFIER",
    help="A package, as npm:@alice/weather.",
)
@click.option(
    "--remote", "remotes", multiple=True, metavar="URL", help="The address of a hosted server."
)
@click.option(
    "--from",
    "package",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with package.json or pyproject.toml to take the rest from.",
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

    What is not given is taken from the package named with --from.
    """
    import json

    from builder.authoring import new_entry
    from builder.git.repository import discover
    from builder.model.layout import namespace_path

    known = new_entry.Known(
        name=name,
        version=version,
        description=description,
        repository=repository,
        packages=tuple(new_entry.parse_package(text) for text in packages),
        remotes=remotes,
    )
    content = new_entry.document(
        known.or_else(new_entry.read_package(package)) if package else known
    )
    if only_print:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    top = discover(root).root
    path = new_entry.write(top, content)
    owners = top / namespace_path(content["name"].partition("/")[0])
    click.echo(f"wrote {path}; next: mcp-registry check {path}")
    if not owners.exists():
        click.echo(f"{owners.parent.name} is new here: add who owns it, {owners}, for example")
        click.echo("  owners: [{github: YOUR-LOGIN, id: YOUR-NUMERIC-ID}]\n  proof: github")
