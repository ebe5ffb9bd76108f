"""mcp-registry verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.ownership.signed_run import SignedRun
    from builder.pull.site_files import SiteReader
    from builder.trust.note import VerifierKey
    from builder.trust.proof import LogProof

_ALONE = "--attested-by needs a registry or a mirror: --from ADDRESS or a folder"


@click.command(
    epilog="Examples: mcp-registry verify com.example/weather@1.0.0 --from https://registry.example.com; "
    "mcp-registry verify weather.tlog-proof --key registry.example.com+0a1b2c3d+AQID..."
)
@click.argument("target")
@click.option(
    "--from",
    "source",
    help="The registry or a mirror of it: an address, a folder, or a copy that `pull --proofs` keeps.",
)
@options.log_key
@click.option(
    "--proof",
    "proof_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save the proof, to be verified elsewhere (C2SP tlog-proof).",
)
@click.option(
    "--witness", "witnesses", multiple=True, help="The key of a witness who must have cosigned."
)
@click.option(
    "--attested-by",
    "repository",
    default="",
    metavar="OWNER/NAME",
    help="The repository whose run of CI must have attested the log's checkpoint.",
)
@click.option(
    "--sigstore-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Sigstore of one's own: its trusted_root.json. Default: the public one.",
)
def command(
    target: str,
    source: str | None,
    key: str | None,
    proof_file: Path | None,
    witnesses: tuple[str, ...],
    repository: str,
    sigstore_root: Path | None,
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
        if repository:
            raise click.UsageError(_ALONE)
        _show_saved(body, known, witnesses)
        return
    if source is None:
        raise click.UsageError("say which registry with --from ADDRESS (a folder, or a copy)")
    signed = None
    if Path(source).is_file():
        if repository:
            raise click.UsageError(_ALONE)
        proved, own = _prove_in_copy(Path(source), known, target, body)
    else:
        with open_site(source) as site:
            proved, own = _prove(site, known, target, body)
            signed = _attested(site, proved, repository, sigstore_root)
    _show(proved, own, witnesses)
    if signed:
        _show_run(signed)
    if proof_file:
        proof_file.write_bytes(bytes(proved))
        click.echo(f"the proof is in {proof_file}")


def _prove(
    site: SiteReader, known: VerifierKey | None, target: str, body: bytes | None
) -> tuple[LogProof, VerifierKey]:
    from builder.pull import item, prove

    key = known or _as_published(prove.published_key(site))
    name, _, version = target.partition("@")
    answer = item.read(body) if body else prove.fetch_version(site, name, version or "latest")
    if body is None and answer.key != (name, version or answer.key[1]):
        raise click.UsageError(f"the registry answers with {' '.join(answer.key)} instead")
    row = prove.find_origin(site, key) if known else None
    if row is None:
        return prove.prove_item(site, prove.open_log(site, key), answer), key
    click.echo(f"as {key.name} published it, by the log that this mirror keeps of it")
    return prove.prove_origin(site, key, row, answer), key


def _prove_in_copy(
    path: Path, known: VerifierKey | None, target: str, body: bytes | None
) -> tuple[LogProof, VerifierKey]:
    from builder.pull import item, prove
    from builder.pull.store import open_store
    from builder.pull.verified import log_folder, trust_folder

    folder = log_folder(trust_folder(path))
    log = prove.open_kept_log(folder, known)
    name, _, version = target.partition("@")
    with open_store(path) as store:
        held = store.find((name, version)) if version else store.latest(name)
    answer = item.read(body) if body else held
    if answer is None:
        raise click.UsageError(f"the copy has no {name} in version {version or 'latest'}")
    if known is None:
        _as_published(log.key)
    return prove.prove_kept(log, folder, answer), log.key


def _attested(
    site: SiteReader, proved: LogProof, repository: str, root: Path | None
) -> SignedRun | None:
    """Return the run that attested the log's checkpoint, None if there is no attestation."""
    from builder.ownership.signed_run import Unverifiable
    from builder.sealing import attestation

    bundle = attestation.read(site, proved.checkpoint)
    if bundle is None:
        if repository:
            raise click.ClickException("the log's checkpoint has no attestation")
        return None
    try:
        sigstore = root.read_bytes() if root else None
        return attestation.verify(bundle, proved.checkpoint, sigstore, repository)
    except Unverifiable as error:
        if repository:
            raise
        click.echo(f"warning: the attestation was not verified: {error} ({error.help})", err=True)
        return None


def _show_run(signed: SignedRun) -> None:
    from builder.model import timestamp
    from builder.sealing import attestation

    run = signed.run
    click.echo(
        f"  attested by a run of {run.workflow_path} in {attestation.address_of(signed)}, "
        f"commit {run.commit}, at {timestamp.render(signed.time * 1_000_000_000)}"
    )


def _as_published(key: VerifierKey) -> VerifierKey:
    click.echo(
        f"warning: the key is the one that the registry itself publishes; compare it: {key}",
        err=True,
    )
    return key


def _show_saved(body: bytes, key: VerifierKey, witnesses: tuple[str, ...]) -> None:
    from builder.pull import prove

    _show(prove.read_proof(body, key), key, witnesses)


def _show(proved: LogProof, key: VerifierKey, witnesses: tuple[str, ...]) -> None:
    from builder.model import timestamp
    from builder.model.wording import visible
    from builder.trust import leaf, note

    head, signed = proved.verify(key)
    entry = leaf.read(proved.entry)
    required = [note.read_key(text) for text in witnesses]
    times = note.verify(signed, required)
    for witness in required:
        if witness not in times:
            raise click.ClickException(f"{witness.name} did not cosign the checkpoint")
    told = (
        f"proved: {entry.name} {entry.version} ({entry.kind}, {entry.time})",
        f"  entry {proved.index:,} of the log {head.origin}, SHA-256 {entry.sha256}",
    )
    for line in told:
        click.echo(visible(line))
    click.echo(f"  in the tree of {head.size:,} entries that {key.name} ({key.id.hex()}) signed")
    for witness, time in times.items():
        click.echo(f"  cosigned by {witness.name} at {timestamp.render(time * 1_000_000_000)}")
