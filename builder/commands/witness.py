"""mcp-registry witness."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="Example: mcp-registry witness https://registry.example.com "
    "--key witness.pem --name witness.example.org > cosignature.txt"
)
@click.argument("site")
@click.option("--key", required=True, help="The witness's private key: a PEM file, or env:NAME.")
@click.option(
    "--name", required=True, help="The witness's name: an address without https:// that is yours."
)
@click.option(
    "--memory",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("witness.json"),
    show_default=True,
    help="The file that keeps what was cosigned: never lose it.",
)
@click.option(
    "--log-key",
    default=None,
    help="The log's public key, or a file with it. Default: as first seen.",
)
def command(site: str, key: str, name: str, memory: Path, log_key: str | None) -> None:
    """Cosign the log of a registry at SITE, an address or a folder.

    Cosigns only what extends what it cosigned before, and prints the line for the registry's
    operator (`mcp-registry seal --cosignature`). Run it as a scheduled job.
    """
    import time

    from builder.commands import keys
    from builder.ownership.key import read_private
    from builder.pull.site_files import open_site
    from builder.sealing import witness
    from builder.trust import seal

    own = seal.witness_key(name, read_private(keys.private_pem(key)))
    with open_site(site) as files:
        known = keys.verifier(log_key) if log_key else None
        done = witness.cosign(files, memory, own, known, int(time.time()))
    before = f"extends that of {done.before.size:,}" if done.before else "is the first one seen"
    click.echo(f"{done.head.origin}: the tree of {done.head.size:,} entries {before}", err=True)
    click.echo(f"cosigned with {own.public}", err=True)
    click.echo(str(done.line), nl=False)
