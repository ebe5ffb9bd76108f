"""Sign entries and make keys, on a publisher's machine: files in, files out.

What is signed and how it is checked is in ownership/signature.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.model import server_json
from builder.model.errors import RegistryError
from builder.model.layout import entry_path, namespace_path
from builder.model.sidecars import Key
from builder.ownership import domain, signature
from builder.ownership.key import write_private

if TYPE_CHECKING:
    from builder.ownership.key import PrivateKey


def sign_file(path: Path, private: PrivateKey) -> Path:
    """Write the signature of an entry's file beside it; give the signature's path.

    RegistryError if the file is no entry, or does not stand where its name and version say.
    """
    try:
        data = path.read_bytes()
        content = server_json.parse(data)
    except (OSError, server_json.DocumentError) as error:
        raise RegistryError(f"{path}: {error}") from error
    name, version = content.get("name"), content.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise RegistryError(f"{path}: the document has no name and version")
    expected = entry_path(name, version)
    if not path.resolve().as_posix().endswith(f"/{expected}"):
        raise RegistryError(
            f"{path}: the entry belongs at {expected}", help="move it, then sign it"
        )
    if b"\r" in data:
        raise RegistryError(
            f"{path}: the lines end with CR LF, which git may store as LF",
            help="save the file with LF: the signature is over its exact bytes",
        )
    target = path.with_name(path.name + signature.SUFFIX)
    message = signature.message(name, version, data)
    target.write_bytes(signature.write(signature.sign(private, message)))
    return target


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
    """Say what a domain must publish for a key, and what the first pull request must add.

    RegistryError if `name` is no domain that can prove a namespace.
    """
    name = name.lower()
    namespace = ".".join(reversed(name.split(".")))
    if domain.domain_of(namespace) is None:
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
