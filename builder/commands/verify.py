"""mcp-registry verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from builder.pull.site_files import SiteReader
    from builder.trust.note import VerifierKey
    from builder.trust.proof import LogProof


@click.command(
    epilog="Examples: mcp-registry verify com.example/weather@1.0.0 --from https://registry.example.com; "
    "mcp-registry verify weather.tlog-proof --key registry.example.com+0a1b2c3d+AQID..."
)
@click.argument("target")
@click.option("--from", "source", help="The registry or a mirror of it: an address, or a folder.")
@click.option(
    "--key",
    default=None,
    help="The log's public key, or a file with it. Default: the one the registry publishes.",
)
@click.option(
    "--proof",
    "proof_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save the proof, to be verified elsewhere (C2SP tlog-proof).",
)
@click.option(
    "--witness", "witnesses", multiple=True, help="The key of a witness who must have cosigned."
)
def command(
    target: str,
    source: str | None,
    key: str | None,
    proof_file: Path | None,
    witnesses: tuple[str, ...],
) -> None:
    """Prove that TARGET is what a registry published, without trusting where it came from.

    TARGET is NAME or NAME@VERSION, or a file: a version's document as the API gives it, or a saved
    proof, which needs nothing but --key.
    """
    from builder.commands import keys
    from builder.pull.site_files import open_site

    known = keys.verifier(key) if key else None
    file = Path(target)
    body = file.read_bytes() if file.is_file() else None
    if body is not None and body.startswith(b"c2sp.org/tlog-proof@"):
        if known is None:
            raise click.UsageError("a saved proof is verified with --key")
        _show_saved(body, known, witnesses)
        return
    if source is None:
        raise click.UsageError("say which registry with --from ADDRESS (or a folder)")
    with open_site(source) as site:
        proved = _prove(site, known, target, body, witnesses)
    if proof_file:
        proof_file.write_bytes(bytes(proved))
        click.echo(f"the proof is in {proof_file}")


def _prove(
    site: SiteReader,
    known: VerifierKey | None,
    target: str,
    body: bytes | None,
    witnesses: tuple[str, ...],
) -> LogProof:
    from builder.pull import item, prove

    if known is None:
        known = prove.published_key(site)
        click.echo(
            f"warning: the key is the one that the registry itself publishes; compare it: {known}",
            err=True,
        )
    log = prove.open_log(site, known)
    name, _, version = target.partition("@")
    answer = item.read(body) if body else prove.fetch_version(site, name, version or "latest")
    if body is None and answer.key != (name, version or answer.key[1]):
        raise click.UsageError(f"the registry answers with {' '.join(answer.key)} instead")
    proved = prove.prove_item(site, log, answer)
    _show(proved, known, witnesses)
    return proved


def _show_saved(body: bytes, key: VerifierKey, witnesses: tuple[str, ...]) -> None:
    from builder.pull import prove

    _show(prove.read_proof(body, key), key, witnesses)


def _show(proved: LogProof, key: VerifierKey, witnesses: tuple[str, ...]) -> None:
    from builder.model import timestamp
    from builder.trust import leaf, note

    head, signed = proved.verify(key)
    entry = leaf.read(proved.entry)
    required = [note.read_key(text) for text in witnesses]
    times = note.verify(signed, required)
    for witness in required:
        if witness not in times:
            raise click.ClickException(f"{witness.name} did not cosign the checkpoint")
    click.echo(f"proved: {entry.name} {entry.version} ({entry.kind}, {entry.time})")
    click.echo(f"  entry {proved.index:,} of the log {head.origin}, SHA-256 {entry.sha256}")
    click.echo(f"  in the tree of {head.size:,} entries that {key.name} ({key.id.hex()}) signed")
    for witness, time in times.items():
        click.echo(f"  cosigned by {witness.name} at {timestamp.render(time * 1_000_000_000)}")
