"""mcp-registry trust."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import keys

if TYPE_CHECKING:
    from builder.trust.ceremony import SignedRoot

_KEY_ID = re.compile(r"[0-9a-f]{64}")
_DIR = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("trust"),
    show_default=True,
    help="The folder of the registry's repository that has every version of the root.",
)
_SIGN = click.option(
    "--sign",
    "sign_with",
    multiple=True,
    help="A private key to sign with now: a PEM file, env:NAME, or a key service's address.",
)
_DAYS = click.option(
    "--days",
    default=365,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="How long it is good.",
)
_THRESHOLD = click.option(
    "--threshold",
    type=click.IntRange(min=1),
    help="How many keys must sign a root. Default: as it is.",
)


@click.group(
    epilog="Example: mcp-registry trust init --key alice.pem --key bob.pem --threshold 2 "
    "--online deploy.pem --sign alice.pem --sign bob.pem"
)
def command() -> None:
    """Keep the root of trust: which keys may sign what, and how that changes.

    A key is a PEM file, a variable (env:NAME), or stays where it is: awskms:, gcpkms:, azurekms:,
    hsm: (a token, PKCS#11) and hv: (HashiCorp Vault) are addresses of key services.
    Each change is a new version, signed by enough keys of the one before and of its own. Commit
    the folder: `mcp-registry seal --online` publishes it.
    """


@command.command()
@_DIR
@click.option(
    "--key",
    "root_keys",
    multiple=True,
    required=True,
    help="A key of the root: in PEM (public or private), or a key service's address.",
)
@click.option(
    "--threshold",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many of them must sign.",
)
@click.option(
    "--online",
    "online",
    multiple=True,
    required=True,
    help="A key that signs each deploy: in PEM, or a key service's address.",
)
@_SIGN
@_DAYS
def init(
    folder: Path,
    root_keys: tuple[str, ...],
    threshold: int,
    online: tuple[str, ...],
    sign_with: tuple[str, ...],
    days: int,
) -> None:
    """Begin: make the first root."""
    from builder.trust import ceremony

    if list(folder.glob("*.root.json")):
        raise click.UsageError(
            f"{folder} has a root already: change it with rotate, add-key or revoke"
        )
    expires = ceremony.expires_in(days, datetime.now(UTC))
    own, deploy = ([keys.public_key(k) for k in places] for places in (root_keys, online))
    root = ceremony.create(own, threshold, deploy, expires)
    _finish(folder, root, None, sign_with)


@command.command()
@_DIR
@click.option(
    "--online",
    "online",
    multiple=True,
    help="The keys that sign each deploy from now on. Default: as before.",
)
@_SIGN
@_DAYS
def rotate(folder: Path, online: tuple[str, ...], sign_with: tuple[str, ...], days: int) -> None:
    """Renew the root before it expires, or let another key sign deploys."""
    from builder.trust import ceremony

    previous, root = _next(folder, days)
    if online:
        ceremony.replace_online(root.signed, [keys.public_key(place) for place in online])
    _finish(folder, root, previous, sign_with)


@command.command("add-key")
@_DIR
@click.option(
    "--key",
    required=True,
    help="The new key of the root: in PEM (public or private), or a key service's address.",
)
@_THRESHOLD
@_SIGN
@_DAYS
def add_key(
    folder: Path, key: str, threshold: int | None, sign_with: tuple[str, ...], days: int
) -> None:
    """Let one more key sign the root."""
    from builder.trust import ceremony

    previous, root = _next(folder, days)
    ceremony.add_root_key(root.signed, keys.public_key(key), threshold)
    _finish(folder, root, previous, sign_with)


@command.command()
@_DIR
@click.argument("key")
@_THRESHOLD
@_SIGN
@_DAYS
def revoke(
    folder: Path, key: str, threshold: int | None, sign_with: tuple[str, ...], days: int
) -> None:
    """Take KEY (its id, a PEM file, or a key service's address) out of every role."""
    from builder.trust import ceremony

    previous, root = _next(folder, days)
    key_id = key if _KEY_ID.fullmatch(key) else keys.public_key(key).keyid
    ceremony.revoke(root.signed, key_id, threshold)
    _finish(folder, root, previous, sign_with)


@command.command()
@_DIR
@click.argument("sign_with", metavar="KEY...", nargs=-1, required=True)
def sign(folder: Path, sign_with: tuple[str, ...]) -> None:
    """Add signatures to the newest root, where several people hold the keys.

    KEY is a PEM file, env:NAME, or a key service's address.
    """
    from builder.trust import ceremony

    roots = ceremony.read_all(folder)
    _finish(folder, roots[-1], roots[-2] if len(roots) > 1 else None, sign_with)


@command.command()
@_DIR
def status(folder: Path) -> None:
    """Show the newest root: its keys, what they may sign, until when, and what is missing."""
    from builder.trust import ceremony

    roots = ceremony.read_all(folder)
    root = roots[-1].signed
    click.echo(f"root {root.version}, good until {root.expires:%Y-%m-%d}")
    for name in ceremony.ROLES:
        role = root.roles[name]
        click.echo(f"{name}: {role.threshold} of {len(role.keyids)}")
        for key_id in role.keyids:
            click.echo(f"  {key_id} ({root.keys[key_id].scheme})")
    _missing(roots[-1], roots[-2] if len(roots) > 1 else None)


def _next(folder: Path, days: int) -> tuple[SignedRoot, SignedRoot]:
    from builder.trust import ceremony

    roots = ceremony.read_all(folder)
    if ceremony.missing(roots[-1], roots[-2] if len(roots) > 1 else None).any:
        raise click.UsageError(
            f"root {roots[-1].signed.version} is not signed by enough keys yet: "
            "finish it with mcp-registry trust sign, or remove its file"
        )
    return roots[-1], ceremony.next_version(roots[-1], ceremony.expires_in(days, datetime.now(UTC)))


def _finish(
    folder: Path, root: SignedRoot, previous: SignedRoot | None, sign_with: tuple[str, ...]
) -> None:
    from builder.trust import ceremony

    ceremony.sign(root, previous, [keys.signer(place) for place in sign_with])
    path = ceremony.write(folder, root)
    click.echo(f"wrote {path}")
    _missing(root, previous)


def _missing(root: SignedRoot, previous: SignedRoot | None) -> None:
    from builder.model.wording import counted
    from builder.trust import ceremony

    missing = ceremony.missing(root, previous)
    if missing.previous:
        click.echo(
            f"missing: {counted(missing.previous, 'signature')} of the keys of the root before it"
        )
    if missing.own:
        click.echo(f"missing: {counted(missing.own, 'signature')} of its own keys")
    if missing.any:
        click.echo("add them with: mcp-registry trust sign KEY")
    else:
        click.echo("signed by enough keys")
