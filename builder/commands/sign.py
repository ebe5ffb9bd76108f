"""mcp-registry sign."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="Example: mcp-registry sign servers/com.example/weather/1.0.0.json --key mcp-registry-key.pem"
)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The private key: PEM, ed25519 or ECDSA P-384.",
)
def command(files: tuple[Path, ...], key_file: Path) -> None:
    """Sign entries with a domain's key.

    Writes FILE.sig beside each file; commit it together with the entry. A signature is for one
    namespace, name, version and content: after an edit, sign again.
    """
    from builder.authoring import sign
    from builder.ownership.key import read_private

    private = read_private(key_file.read_bytes())
    for file in files:
        click.echo(sign.sign_file(file, private))
