"""Reading the keys that commands sign and verify with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from builder.trust.note import VerifierKey

ENVIRONMENT = "env:"


def private_pem(place: str) -> bytes:
    """Return a private key in PEM from a file, or from a variable as `env:NAME`."""
    if place.startswith(ENVIRONMENT):
        name = place.removeprefix(ENVIRONMENT)
        if not os.environ.get(name):
            raise RegistryError(f"the variable {name} is not set or empty: it should hold a key")
        return os.environ[name].encode()
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise RegistryError(f"cannot read the key {place}: {error.strerror}") from error


def verifier(text: str) -> VerifierKey:
    """Return a public key from its text, or from a file that holds it."""
    from builder.trust import note

    if "+" not in text and Path(text).is_file():
        text = Path(text).read_text()
    return note.read_key(text)
