"""Reading the keys that commands sign and verify with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from securesystemslib.signer import Key, SecretsHandler, Signer

    from builder.trust.note import VerifierKey

ENVIRONMENT, FILE = "env:", "file:"
PIN = "HSM_PIN"
"""The variable with the PIN of a token, where nobody is there to type it."""


def private_pem(place: str) -> bytes:
    """Return a key in PEM from a file, or from a variable as `env:NAME`."""
    if place.startswith(ENVIRONMENT):
        name = place.removeprefix(ENVIRONMENT)
        if not os.environ.get(name):
            raise RegistryError(f"the variable {name} is not set or empty: it should hold a key")
        return os.environ[name].encode()
    try:
        return Path(place.removeprefix(FILE)).read_bytes()
    except OSError as error:
        raise RegistryError(f"cannot read the key {place}: {error.strerror}") from error


def public_key(place: str) -> Key:
    """Return the public half of a key of trust metadata: from PEM, or from a key service."""
    from builder.trust import key_services, signers

    if key_services.scheme_of(place):
        return key_services.public_key(place, _secret_of(place))
    return signers.public_key_of(private_pem(place))


def signer(place: str) -> Signer:
    """Return what signs trust metadata with a key: from PEM, or in a key service."""
    from builder.trust import key_services, signers

    if key_services.scheme_of(place):
        return key_services.signer(place, _secret_of(place))
    return signers.signer_of(private_pem(place))


def verifier(text: str) -> VerifierKey:
    """Return a public key from its text, or from a file that holds it."""
    from builder.model import text_file
    from builder.trust import note

    if "+" not in text and Path(text).is_file():
        text = text_file.read(Path(text))
    return note.read_key(text)


def _secret_of(place: str) -> SecretsHandler:
    def ask(name: str) -> str:
        known = os.environ.get(PIN)
        return known or str(click.prompt(f"{name} of {place}", hide_input=True, err=True))

    return ask
