"""Who publishes in a namespace, and how that was proved: what a reader may rely on."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from urllib.parse import quote

from builder.model import forges
from builder.model.config import Config
from builder.model.domain import domain_of
from builder.model.forges import FORGE_KINDS
from builder.model.owner import Owner
from builder.model.proof_facts import ProofFacts
from builder.model.sidecars import Namespace
from builder.pages.html.text import clean


class Standing(enum.StrEnum):
    """How sure it is that the namespace's owner published this."""

    PROVED = "proved"
    MIRRORED = "mirrored"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProof:
    """The standing in a word and a sentence; `publisher` and `home` are who that is and where.

    `home` is an https address, "" if the namespace does not lead to one. `lately` says when it was
    last proved.
    """

    standing: Standing
    short: str
    sentence: str
    publisher: str
    home: str
    lately: str = ""


def proof(namespace: str, record: Namespace | None, source: str) -> ShownProof:
    """Return how a server of a namespace stands: no more than what was proved.

    `record` is the namespace.yaml; `source` is the base URL of the registry that the server was
    mirrored from, "" if it was published here.
    """
    publisher, home = _publisher(namespace)
    if source:
        standing, short, sentence = _mirrored(namespace, record, source)
    else:
        standing, short, sentence = _standing(namespace, publisher, record)
    return ShownProof(
        standing=standing, short=short, sentence=sentence, publisher=publisher, home=home
    )


def dated(shown: ShownProof, facts: ProofFacts | None) -> ShownProof:
    """Return a proof with what asking again has found out; the same if nobody has asked."""
    if facts is None or shown.standing is not Standing.PROVED:
        return shown
    proved = f"last proved on {facts.proved}" if facts.proved else "never proved again"
    if not facts.failing:
        return replace(shown, lately=f"{proved.capitalize()}.")
    lately = f"Not proved since {facts.failing} ({proved}): {clean(facts.trouble)}."
    return replace(shown, standing=Standing.UNPROVED, short="No longer proved", lately=lately)


def granted(namespace: str, config: Config) -> Namespace | None:
    """Return whom the operator grants a namespace to, None if it is not the operator's to give."""
    grant = config.policy.grant(namespace)
    return Namespace(owners=grant.owners, keys=grant.keys, proof="operator") if grant else None


def _publisher(namespace: str) -> tuple[str, str]:
    for row in forges.PUBLIC:
        if namespace.lower().startswith(f"{row.prefix}."):
            login = namespace[len(row.prefix) + 1 :]
            return login, f"https://{row.host}/{quote(login, safe='')}"
    domain = ".".join(reversed(namespace.split(".")))
    return domain, f"https://{quote(domain)}" if "." in domain else ""


Words = tuple[Standing, str, str]
"""A standing, and what is said of it in short and in a sentence."""


def _mirrored(namespace: str, record: Namespace | None, source: str) -> Words:
    host = clean(source).removeprefix("https://").rstrip("/")
    sentence = "Who owns the namespace was checked there, not here."
    if record is not None and _can_be(namespace, record):
        how = _words(namespace, record)[0]
        sentence = f"Who published it was checked there. The namespace itself: {how.lower()} here."
    return Standing.MIRRORED, f"Mirrored from {host}", sentence


def _standing(namespace: str, publisher: str, record: Namespace | None) -> Words:
    if record is None:
        sentence = "This registry holds no proof of who owns the namespace."
        return Standing.UNPROVED, "Not proved here", sentence
    if not _can_be(namespace, record):
        sentence = f"Its record names a proof ({record.proof}) that this namespace cannot have."
        return Standing.UNPROVED, "Not proved here", sentence
    how, sentence = _words(namespace, record)
    owners = ", ".join(_owner(namespace, record, owner) for owner in record.owners)
    by = f" Owned by {owners}." if owners else ""
    return Standing.PROVED, how, sentence.format(publisher=publisher) + by


def _can_be(namespace: str, record: Namespace) -> bool:
    """Return whether a namespace can have been proved as its record says."""
    if record.proof == "operator":
        return True
    if record.proof not in FORGE_KINDS:
        return domain_of(namespace) is not None
    match = forges.account_of(namespace)
    if match is not None:
        return match[0].forge == record.proof
    # What registry.yaml granted to the accounts of a forge of one's own when it was proved.
    return any(owner.host != FORGE_KINDS[owner.forge].host for owner in record.owners)


def _owner(namespace: str, record: Namespace, owner: Owner) -> str:
    """Return an owner's login where the proof ties it to the id, else the id alone."""
    login = owner.login.lower()
    match = forges.account_of(namespace)
    named = match is not None and (match[0].host, match[1]) == (owner.host, login)
    is_alone = [owner.login.lower() for owner in record.owners].count(login) == 1
    if record.proof in FORGE_KINDS and named and is_alone:
        return owner.login
    kind = FORGE_KINDS[owner.forge]
    server = kind.title if owner.host == kind.host else owner.host
    return f"the {'group' if owner.group else 'account'} {owner.id} on {server}"


def _words(namespace: str, record: Namespace) -> tuple[str, str]:
    """Return in short and in a sentence how a namespace was proved."""
    if record.proof not in FORGE_KINDS or record.proof == "github":
        return _PROOFS[record.proof]
    match = forges.account_of(namespace)
    hosts = [owner.host for owner in record.owners if owner.host != FORGE_KINDS[owner.forge].host]
    server = match[0].server if match else clean(hosts[0])
    sentence = (
        f"Proved by a merge request of the account on {server} which the namespace names; for a "
        "group or an organisation, by one from its fork, where whoever may push acts for it."
    )
    return f"Proved by {server} account", sentence


_PROOFS = {
    "github": (
        "Proved by GitHub account",
        "Proved by a pull request of the GitHub account {publisher}, which the namespace names; for "
        "an organisation, by one from its fork, where whoever may push acts for it.",
    ),
    "dns": (
        "Proved by DNS",
        "The owner of {publisher} proved it with a key in the domain's DNS records.",
    ),
    "http": (
        "Proved by website",
        "The owner of {publisher} proved it with a key on the domain's website.",
    ),
    "operator": (
        "Granted by the operator",
        "The operator of this registry grants {publisher} to its owners; no proof in public is asked.",
    ),
}
