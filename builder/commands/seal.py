"""mcp-registry seal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from builder.commands import options

_TELL_PAGES = "put it into registry.yaml, so that pages offer the proof: log_key: "


@click.command(
    epilog="Examples: mcp-registry seal --key log-key.pem; "
    "mcp-registry seal --key env:LOG_KEY --witness witness.example+0a1b2c3d+BAEC...=https://witness.example"
)
@options.root
@options.out
@click.option("--key", required=True, help="The log's private key: a PEM file, or env:NAME.")
@click.option(
    "--previous",
    default=None,
    show_default="the registry's address",
    help="Where the site is deployed (an address or a folder): its checkpoint was signed before.",
)
@click.option("--first", is_flag=True, help="Nothing was deployed yet: ask no deployed site.")
@click.option(
    "--witness",
    "witnesses",
    metavar="KEY[=URL]",
    multiple=True,
    help="A witness's public key, to take in its cosignatures; with an address it is asked for one.",
)
@click.option(
    "--cosignature",
    "cosignatures",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with cosignatures, as `mcp-registry witness` prints them.",
)
@click.option(
    "--manifest",
    "with_manifest",
    is_flag=True,
    help="Also sign the digest of every file, so that anybody can build the site again and compare.",
)
@click.option(
    "--online",
    help="The key that signs deploys (a PEM file, env:NAME, or a key service's address as for `trust`): also sign what is mutable.",
)
@click.option(
    "--roots",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="trust/ in the repository",
    help="The folder with every version of the root of trust.",
)
@click.option(
    "--hours",
    default=48,
    show_default=True,
    type=click.IntRange(1, 8760),
    help="How long the timestamp is good: deploy or seal more often than that.",
)
def command(
    root: Path,
    out: Path | None,
    key: str,
    previous: str | None,
    first: bool,
    witnesses: tuple[str, ...],
    cosignatures: tuple[Path, ...],
    with_manifest: bool,
    online: str | None,
    roots: Path | None,
    hours: int,
) -> None:
    """Sign the log of a built site.

    Writes the checkpoint that clients verify proofs against. Signs no tree that does not extend
    the last one that was signed: neither the one kept beside the site nor the one deployed.
    """
    from builder.commands import keys
    from builder.git.discovery import discover
    from builder.model import text_file
    from builder.ownership.key import read_private
    from builder.sealing import manifest, site
    from builder.sealing.online import write_trust
    from builder.sealing.submission import read_witness
    from builder.trust import note, seal

    log = site.read_log(out or discover(root).root / "public")
    own = seal.log_key(log.head.origin, read_private(keys.private_pem(key)))
    names_key = site.names_key(log, own)
    deployed = "" if first else previous or f"https://{log.head.origin}"
    before = site.signed_before(log, own, deployed)
    asked = [read_witness(text) for text in witnesses]
    lines = [line for path in cosignatures for line in note.read_signatures(text_file.read(path))]
    signed = site.write_seal(log, own, before, asked, lines)
    click.echo(f"signed {log.head.size:,} entries with {own.public}")
    if not names_key:
        click.echo(f"{_TELL_PAGES}{own.public}")
    for name in site.witness_names(signed, asked):
        click.echo(f"cosigned by {name}")
    if with_manifest:
        click.echo(f"signed the digests of {manifest.write(log, own):,} files")
    if online:
        folder = roots or discover(root).root / "trust"
        signer, now = keys.signer(online), datetime.now(UTC)
        version = write_trust(log, folder, signer, now, hours, deployed)
        click.echo(f"signed what is mutable, under root {version}, for {hours} hours")
