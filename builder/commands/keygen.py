"""mcp-registry keygen."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="Examples: mcp-registry keygen example.com; "
    "mcp-registry keygen example.com --key key.pem (print the records of a key you have)"
)
@click.argument("domain")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="mcp-registry-key.pem",
    show_default=True,
    help="Where to write the private key; an existing file is never overwritten.",
)
@click.option(
    "--algorithm",
    type=click.Choice(("ed25519", "ecdsap384")),
    default="ed25519",
    show_default=True,
    help="The kind of key.",
)
@click.option(
    "--key",
    "existing",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Use this private key, such as the official publisher's, and make none.",
)
def command(domain: str, out: Path, algorithm: str, existing: Path | None) -> None:
    """Make a key for the namespaces of DOMAIN, and print what to publish.

    The private key is a PEM file that only you can read. The records are those of the official
    registry, so that one key serves both.
    """
    from builder.authoring import sign
    from builder.ownership import key

    private = key.read_private(existing.read_bytes()) if existing else key.generate(algorithm)
    instructions = sign.instructions(domain, key.key_of(private))
    if existing is None:
        sign.save_private(out, private)
        click.echo(f"private key: {out} (keep it secret: never commit it)", err=True)
    click.echo(instructions, nl=False)
