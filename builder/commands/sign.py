"""mcp-registry sign."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="Examples: "
    "mcp-registry sign servers/com.example/weather/1.0.0.json --key mcp-registry-key.pem; "
    "mcp-registry sign servers/com.example/weather/status.yaml --key mcp-registry-key.pem --days 1"
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
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    show_default="7, and as long as the registry lets a new namespace wait",
    help="How long the signature counts until the change must be merged.",
)
def command(files: tuple[Path, ...], key_file: Path, days: int | None) -> None:
    """Sign entries, a status.yaml or a namespace.yaml with a domain's key.

    Writes FILE.sig beside each file; commit it together with the file. A signature is for one
    registry, for one path and content, and for some days: after an edit, sign again.
    """
    import time

    from builder.authoring import sign
    from builder.ownership.key import read_private

    private = read_private(key_file.read_bytes())
    for file in files:
        click.echo(sign.sign_file(file, private, int(time.time()), days))
