"""The first publication into a domain's namespace."""

from __future__ import annotations

from tests.ownership.world import Files, Signer, owners_file, weather

ALGORITHMS = ("ed25519", "ecdsap384")


def first(signer: Signer, namespace: str = "com.example", proof: str = "dns") -> Files:
    """The first publication into a domain's namespace, signed, with its namespace.yaml."""
    owner = owners_file(namespace, keys=[signer.pin], proof=proof)
    return {**signer.sign(weather(namespace)), **owner}
