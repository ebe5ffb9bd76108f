"""A registry with owners, and changes proposed to it: what the tests of verdicts are written in."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.git.bounds import MAINTAINER, PUBLISHER
from builder.git.change import between
from builder.model.finding import Finding
from builder.model.layout import place
from builder.model.verdict import Verdict
from builder.net.network import Network
from builder.ownership import key, signature
from builder.ownership.decisions import Judgement
from builder.ownership.proposer import NOBODY, Claim
from builder.ownership.statement import DAY, RegistryIdentity, Statement, digest, first_form
from builder.ownership.verdict import judge
from tests.ownership.events import ACME, ALICE, MALLORY, claim
from tests.registry import Content, Registry, entry_file

ACCEPT, REVIEW, REJECT = Verdict
Files = dict[str, Content]

ALICES = claim(ALICE, ALICE)
MALLORYS = claim(MALLORY, MALLORY)
ACMES = claim(ALICE, ACME)

# A network that nothing may ask: port 9 (discard) of loopback has no DNS server.
NOWHERE = Network(resolver="127.0.0.1:9", dns_seconds=0.2, http_seconds=0.2)


# What tests/registry.py says in registry.yaml.
HERE = RegistryIdentity("com.example.registry", "registry.example.com")


def content_bytes(content: Content) -> bytes:
    """The bytes that committing this content writes."""
    if isinstance(content, Mapping):
        content = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    assert content is not None
    return content.encode() if isinstance(content, str) else content


def owners_file(namespace: str, **content: Any) -> Files:
    return {f"servers/{namespace}/namespace.yaml": json.dumps(content)}


def owned_by(account: Mapping[str, Any], namespace: str = "") -> Files:
    """namespace.yaml with exactly this account, as a first publication must add it."""
    namespace = namespace or f"io.github.{account['login']}"
    owner = {"github": account["login"], "id": account["id"]}
    return owners_file(namespace, owners=[owner], proof="github")


@dataclass
class Signer:
    """A publisher with a private key."""

    algorithm: str = "ed25519"
    private: Any = field(init=False)

    def __post_init__(self) -> None:
        self.private = key.generate(self.algorithm)

    @property
    def pin(self) -> dict[str, str]:
        """The key as namespace.yaml lists it."""
        return key.key_of(self.private).model_dump()

    @property
    def record(self) -> str:
        return f"v=MCPv1; k={self.pin['algorithm']}; p={self.pin['public']}"

    def sign(
        self,
        files: Mapping[str, Content],
        *,
        registry: RegistryIdentity = HERE,
        days: float = 7,
        counter: int = 0,
    ) -> Files:
        """Add the signatures of all these files: for a registry, for some days from now."""
        signed: Files = {}
        for path, content in files.items():
            data = content_bytes(content)
            statement = Statement(
                registry=registry,
                path=path,
                digest=digest(data),
                expires=int(time.time() + days * DAY),
                counter=counter,
            )
            signed |= {path: data}
            signed[f"{path}.sig"] = signature.write(signature.sign(self.private, statement))
        return signed

    def sign_first(self, files: Mapping[str, Content]) -> Files:
        """Add the signatures of entries in the first form, bound to no registry and no day."""
        signed: Files = {}
        for path, content in files.items():
            data, where = content_bytes(content), place(path)
            text = first_form(where.name, where.version, data)
            signed |= {path: data}
            signed[f"{path}.sig"] = signature.write(signature.sign_first(self.private, text))
        return signed


@dataclass
class World:
    """A registry and the branch that is checked: `main` is the base branch."""

    registry: Registry
    network: Network = NOWHERE

    def land(self, files: Mapping[str, Content]) -> str:
        """Commit to the base branch."""
        self.registry.git("checkout", "--quiet", "main")
        return self.registry.commit(files)

    def propose(self, files: Mapping[str, Content], *, since: str = "main") -> str:
        """Commit to a new branch from `since`; give the commit."""
        self.registry.git("checkout", "--quiet", "--detach", since)
        head = self.registry.commit(files)
        self.registry.git("checkout", "--quiet", "main")
        return head

    def judge(
        self,
        change: str | Mapping[str, Content],
        claim: Claim = NOBODY,
        *,
        findings: tuple[Finding, ...] = (),
        network: Network | None = None,
    ) -> Judgement:
        """Judge a commit, or files proposed on top of the base branch."""
        head = change if isinstance(change, str) else self.propose(change)
        repository = self.registry.repository
        bounds = MAINTAINER if claim.internal else PUBLISHER
        proposed = between(repository, "main", head, bounds)
        return judge(repository, proposed, claim, findings, network or self.network)


def said(judgement: Judgement) -> str:
    """Everything that a judgement says to people."""
    reasons = [judgement.reason, *(namespace.reason for namespace in judgement.namespaces)]
    return "\n".join(
        [*reasons, *(f"{finding.message} {finding.help}" for finding in judgement.findings)]
    )


def rules(judgement: Judgement) -> set[str]:
    return {finding.rule for finding in judgement.findings}


def weather(namespace: str, version: str = "1.0.0", **fields: Any) -> Files:
    """An entry of a namespace's server `weather`."""
    return entry_file(f"{namespace}/weather", version, **fields)


MALLORYS_SERVER = {**weather("io.github.mallory"), **owned_by(MALLORY)}
"""What Mallory may publish: a first server of their own, with the file of its owner."""
ALICES_ENTRY = "servers/io.github.alice/weather/1.0.0.json"
"""What stands in the world from the start, and is Alice's."""
ALICES_NEXT = b'{"name": "io.github.alice/weather", "version": "1.1.0"}'
"""The contents of the next one, which lack all but its name."""
