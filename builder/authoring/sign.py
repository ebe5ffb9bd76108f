"""Sign files of a registry and make keys, on a publisher's machine: files in, files out.

What is signed and how it is checked is in ownership/statement.py and ownership/signature.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.model import config, server_json
from builder.model.config import Config
from builder.model.domain import domain_of
from builder.model.errors import RegistryError
from builder.model.layout import (
    CONFIG,
    NAMESPACE_FILE,
    STATUS_FILE,
    Kind,
    entry_path,
    namespace_path,
    place,
)
from builder.model.server_name import is_name
from builder.model.sidecars import Key
from builder.ownership import domain, signature
from builder.ownership.key import write_private
from builder.ownership.signed_files import SUFFIX
from builder.ownership.statement import DAY, MAX_DAYS, Statement, digest, identity

if TYPE_CHECKING:
    from builder.ownership.key import PrivateKey


def sign_file(path: Path, private: PrivateKey, now: int, days: int | None = None) -> Path:
    """Write the signature of a file beside it, and return the signature's path.

    The file is an entry, a status.yaml or a namespace.yaml of a registry, whose registry.yaml
    says which one. The signature counts for `days` from `now` (seconds since 1970); without
    `days` for a week, and for as long as a new namespace waits. RegistryError if the file is none
    of these, or does not stand where its content says.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RegistryError(f"{path}: {error}") from error
    root, place_in_registry = _place(path, data)
    if b"\r" in data:
        raise RegistryError(
            f"{path}: the lines end with CR LF, which git may store as LF",
            help="save the file with LF: the signature is over its exact bytes",
        )
    target = path.with_name(path.name + SUFFIX)
    counter = 0 if place(place_in_registry).kind is Kind.ENTRY else _last_counter(target) + 1
    settings = _settings(root)
    target.write_bytes(signed(settings, place_in_registry, data, private, now, days, counter))
    return target


def signed(
    settings: Config,
    path: str,
    data: bytes,
    private: PrivateKey,
    now: int,
    days: int | None = None,
    counter: int = 0,
) -> bytes:
    """Return the signature file of a registry's file, by its path and bytes; see sign_file."""
    statement = Statement(
        registry=identity(settings),
        path=path,
        digest=digest(data),
        expires=now + (days or _usual_days(settings)) * DAY,
        counter=counter,
    )
    return signature.write(signature.sign(private, statement))


def _place(path: Path, data: bytes) -> tuple[Path, str]:
    """Return the root of the registry that a file is in, and the file's path there."""
    whole = path.resolve()
    if whole.name in (STATUS_FILE, NAMESPACE_FILE):
        parts = 4 if whole.name == STATUS_FILE else 3
        expected = "/".join(whole.parts[-parts:])
    else:
        expected = _entry_path(path, data)
    if not whole.as_posix().endswith(f"/{expected}") or place(expected).kind is Kind.STRAY:
        raise RegistryError(f"{path}: the file belongs at {expected}", help="move it, then sign it")
    return Path(whole.as_posix().removesuffix(f"/{expected}") or "/"), expected


def _entry_path(path: Path, data: bytes) -> str:
    try:
        content = server_json.parse(data)
    except server_json.DocumentError as error:
        raise RegistryError(f"{path}: {error}") from error
    name, version = content.get("name"), content.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise RegistryError(f"{path}: the document has no name and version")
    if not is_name(name):
        raise RegistryError(
            f"{path} is no server.json: its name {name} is none of a server",
            help="a server's name is <namespace>/<server>, io.github.alice/weather for example",
        )
    return entry_path(name, version)


def _settings(root: Path) -> Config:
    file = root / CONFIG
    try:
        return config.parse(file.read_bytes())
    except OSError as error:
        raise RegistryError(
            f"there is no {CONFIG} in {root}, so it is not known which registry this is for",
            help="sign the file in a clone of the registry: a signature counts in one registry",
        ) from error


def _usual_days(settings: Config) -> int:
    waiting = -(-settings.policy.new_namespace_hours // 24)
    return min(7 + waiting, MAX_DAYS)


def _last_counter(target: Path) -> int:
    try:
        last = signature.read(target.read_bytes())
    except (OSError, signature.SignatureError):
        return 0
    return last.counter if isinstance(last, signature.Signature) else 0


def save_private(path: Path, private: PrivateKey) -> None:
    """Write a new private key that only its owner can read; RegistryError if the file exists."""
    try:
        # Opened with its final mode, so that at no moment anybody else can read it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RegistryError(
            f"{path}: {error.strerror}", help="a key is never overwritten: choose another --out"
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(write_private(private))


def instructions(name: str, key: Key) -> str:
    """Return what a domain must publish for a key, and what the first pull request must add.

    RegistryError if `name` is no domain that can prove a namespace.
    """
    name = name.lower()
    namespace = ".".join(reversed(name.split(".")))
    if domain_of(namespace) is None:
        raise RegistryError(
            f"{name!r} is not a domain that can prove a namespace",
            help="such as example.com; a namespace io.github.<login> is proved by the account",
        )
    return f"""\
Publish the key, in one of two ways:

  DNS, for {namespace}/* and {namespace}.*/*: a TXT record at {name} itself
    {name}. IN TXT "{domain.record(key)}"

  HTTPS, for {namespace}/* only: the file https://{name}{domain.WELL_KNOWN}
    {domain.record(key)}

In the first pull request add {namespace_path(namespace)} (proof: http for HTTPS):
  keys:
    - algorithm: {key.algorithm}
      public: {key.public}
  proof: dns
"""
