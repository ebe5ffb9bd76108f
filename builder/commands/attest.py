"""mcp-registry attest."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options


@click.command(epilog='Example, in a workflow: mcp-registry attest "$BUNDLE" --out public')
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.root
@options.out
def command(bundle: Path, root: Path, out: Path | None) -> None:
    """Put BUNDLE, the attestation of a sealed site's checkpoint, beside that checkpoint.

    BUNDLE is a Sigstore bundle as actions/attest-build-provenance makes it: it says which run of
    which workflow signed the log. `mcp-registry verify` verifies it.
    """
    from builder.git.discovery import discover
    from builder.sealing import attestation

    attestation.attach(out or discover(root).root / "public", bundle.read_bytes())
    click.echo("the checkpoint's attestation is in the site")
