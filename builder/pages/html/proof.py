"""Who publishes in a namespace, and how that was proved: what a reader may rely on."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from urllib.parse import quote

from builder.model.sidecars import Namespace
from builder.pages.html.text import clean

GITHUB_PREFIX = "io.github."


class Standing(enum.StrEnum):
    """How sure it is that the namespace's owner published this."""

    PROVED = "proved"
    MIRRORED = "mirrored"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProof:
    """The standing in a word and a sentence; `publisher` and `home` are who that is and where.

    `home` is an https address, "" if the namespace does not lead to one.
    """

    standing: Standing
    short: str
    sentence: str
    publisher: str
    home: str


def proof(namespace: str, record: Namespace | None, source: str) -> ShownProof:
    """Say how a namespace stands.

    `record` is its namespace.yaml; `source` is the base URL of the registry it was mirrored
    from, "" if its servers were published here.
    """
    publisher, home = _publisher(namespace)
    standing, short, sentence = _standing(publisher, record, source)
    return ShownProof(
        standing=standing, short=short, sentence=sentence, publisher=publisher, home=home
    )


def _publisher(namespace: str) -> tuple[str, str]:
    if namespace.startswith(GITHUB_PREFIX):
        login = namespace.removeprefix(GITHUB_PREFIX)
        return login, f"https://github.com/{quote(login, safe='')}"
    domain = ".".join(reversed(namespace.split(".")))
    return domain, f"https://{quote(domain)}" if "." in domain else ""


def _standing(publisher: str, record: Namespace | None, source: str) -> tuple[Standing, str, str]:
    if record is not None:
        how, sentence = _PROOFS[record.proof]
        owners = ", ".join(owner.github for owner in record.owners)
        by = f" Owned by {owners}." if owners else ""
        return Standing.PROVED, how, sentence.format(publisher=publisher) + by
    if source:
        host = clean(source).removeprefix("https://").rstrip("/")
        return (
            Standing.MIRRORED,
            f"Mirrored from {host}",
            "Who owns the namespace was checked there, not here.",
        )
    return (
        Standing.UNPROVED,
        "Not proved here",
        "This registry holds no proof of who owns the namespace.",
    )


_PROOFS = {
    "github": (
        "Proved by GitHub account",
        "Published by the GitHub account {publisher}, which the namespace names.",
    ),
    "dns": (
        "Proved by DNS",
        "The owner of {publisher} proved it with a key in the domain's DNS records.",
    ),
    "http": (
        "Proved by website",
        "The owner of {publisher} proved it with a key on the domain's website.",
    ),
}
