"""Keys that never leave a service or a token, named by an address such as `awskms:alias/deploy`.

securesystemslib speaks to them, each with the library of its vendor, which an extra of this package
installs. The public half is asked for each time: nothing about a service's key is kept here but
what stands in the root of trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import (
    AWSSigner,
    AzureSigner,
    GCPSigner,
    HSMSigner,
    Key,
    SecretsHandler,
    Signer,
    VaultSigner,
)

from builder.trust.tiles import ProofError

_AZURE = re.compile(r"//([A-Za-z0-9-]+)\.vault\.azure\.net/keys/([A-Za-z0-9-]+)/?")
_HSM = re.compile(r"([0-9]*)(?:\?(.*))?")

_Import = Callable[[str, SecretsHandler], tuple[str, Key]]
"""Returns the full address of a key and its public half, from an address without its scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyService:
    """A kind of service: an example of an address, the extra that it needs, and how it is asked."""

    example: str
    extra: str
    load: _Import


def scheme_of(place: str) -> str:
    """Return the scheme if a key is named by the address of a service, else ""."""
    scheme = place.partition(":")[0]
    return scheme if scheme in SERVICES else ""


def public_key(place: str, ask: SecretsHandler) -> Key:
    """Return the public half of a service's key; ProofError if it cannot be had."""
    return _loaded(place, ask)[1]


def signer(place: str, ask: SecretsHandler) -> Signer:
    """Return what signs with a service's key; ProofError if it cannot be reached.

    `ask` returns a secret by its name, such as the PIN of a token.
    """
    full, key = _loaded(place, ask)
    return Signer.from_priv_key_uri(full, key, ask)


def _loaded(place: str, ask: SecretsHandler) -> tuple[str, Key]:
    scheme, _, rest = place.partition(":")
    service = SERVICES[scheme]
    try:
        return service.load(rest, ask)
    except ProofError:
        raise
    except UnsupportedLibraryError as error:
        raise ProofError(
            f"the key {place} needs a library that is not installed",
            help=f"pip install 'static-mcp-registry[{service.extra}]'",
        ) from error
    except Exception as error:  # each vendor's library has its own, with no base in common
        raise ProofError(
            f"the key {place} cannot be used: {error or type(error).__name__}",
            help=f"an address looks like {service.example}; who may use the key is set at the service",
        ) from error


def _load_aws(rest: str, _: SecretsHandler) -> tuple[str, Key]:
    return AWSSigner.import_(rest)


def _load_gcp(rest: str, _: SecretsHandler) -> tuple[str, Key]:
    return GCPSigner.import_(rest)


def _load_azure(rest: str, _: SecretsHandler) -> tuple[str, Key]:
    match = _AZURE.fullmatch(rest)
    if match is None:
        raise ValueError("no address of a key in a vault, without its version")
    return AzureSigner.import_(match[1], match[2])


def _load_hsm(rest: str, ask: SecretsHandler) -> tuple[str, Key]:
    match = _HSM.fullmatch(rest)
    if match is None:
        raise ValueError("no number of a key on a token")
    label = parse_qs(match[2] or "").get("label", [None])[0]
    return HSMSigner.import_(int(match[1]) if match[1] else None, label, ask)


def _load_vault(rest: str, _: SecretsHandler) -> tuple[str, Key]:
    return VaultSigner.import_(rest)


SERVICES = {
    "awskms": KeyService(example="awskms:alias/deploy", extra="awskms", load=_load_aws),
    "gcpkms": KeyService(
        example="gcpkms:projects/P/locations/global/keyRings/R/cryptoKeys/K/cryptoKeyVersions/1",
        extra="gcpkms",
        load=_load_gcp,
    ),
    "azurekms": KeyService(
        example="azurekms://VAULT.vault.azure.net/keys/NAME", extra="azurekms", load=_load_azure
    ),
    "hsm": KeyService(example="hsm:2?label=TOKEN", extra="hsm", load=_load_hsm),
    "hv": KeyService(example="hv:NAME", extra="vault", load=_load_vault),
}
"""By the scheme of their addresses: AWS, Google, Azure, a token (PKCS#11), HashiCorp Vault."""
