"""Which line of the policy decides about a version, with its place in registry.yaml, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from builder.model import strict_yaml
from builder.model.blocks import MAX_BYTES
from builder.model.layout import BLOCKS, CONFIG
from builder.model.policy_settings import Policy
from builder.policy import decide, lines
from builder.policy import document as read
from builder.policy.blocks import Blocks, parse, told
from builder.policy.decide import PolicyDecision, PolicyLines
from builder.policy.entry import PolicyEntry
from builder.policy.lines import PolicyLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision about one version. `place` is the file, line and column of the line that decides."""

    name: str
    version: str
    where: str
    policy: str
    decision: PolicyDecision
    place: str
    fingerprint: str
    changes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def line(self) -> str:
        """The line's path in its file, such as `policy.publish.rules.0`; "" if none decided."""
        return ".".join(map(str, self.decision.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """The policy of a registry: `data` is its registry.yaml, in which lines are found."""

    publish: PolicyLines
    mirror: PolicyLines
    data: bytes
    blocks: Blocks
    blocks_data: bytes

    def explain(
        self,
        entry: PolicyEntry,
        *,
        where: str,
        mirrored: bool,
        entering: bool,
        decided: str = "",
    ) -> Explanation:
        """Explain what the policy does with a version; `where` says where it was found.

        `decided` is what the operator decided about it apart from any line, "" if nothing.
        """
        asked = self.mirror if mirrored else self.publish
        decision = asked.decide(entry, entering=entering)
        block = self.blocks.find(entry, entry.now)
        if block is not None:
            path = (BLOCKS, self.blocks.rows.index(block))
            decision = PolicyDecision(do="reject", because=told(block), path=path)
        elif decided:
            decision = PolicyDecision(do="reject", because=decided)
        return Explanation(
            name=entry.name,
            version=entry.version,
            where=where,
            policy="mirror" if mirrored else "publish",
            decision=decision,
            place=self._place(decision),
            fingerprint=entry.fingerprint,
            changes=tuple(map(str, entry.changes)),
            facts=tuple(_facts(entry)),
        )

    def _place(self, decision: PolicyDecision) -> str:
        if not decision.path:
            return ""
        in_blocks = decision.path[0] == BLOCKS
        file, data = (BLOCKS, self.blocks_data) if in_blocks else (CONFIG, self.data)
        path = decision.path[1:] if in_blocks else decision.path
        position = strict_yaml.locator(data, MAX_BYTES)(path)
        return f"{file}:{position[0]}:{position[1]}" if position else ""


def of_registry(
    policy: Policy, data: bytes, blocks_data: bytes, own: Iterable[PolicyLine] = ()
) -> Explainer:
    """Return what explains by the policy in registry.yaml, whose bytes are `data`, and by blocks.yaml.

    `own` are lines of the upstream that is asked about: they come before those of `policy.mirror`.
    """
    return Explainer(
        publish=decide.indexed(lines.of_publish(policy.publish)),
        mirror=decide.indexed([*own, *lines.of_mirror(policy.mirror)]),
        data=data,
        blocks=parse(blocks_data) or Blocks(),
        blocks_data=blocks_data,
    )


def _facts(entry: PolicyEntry) -> Iterator[tuple[str, str]]:
    """Yield what rules can match of an entry, key by key, where there is anything."""
    for key, values in lines.values(entry):
        shown = sorted(values)
        if shown and key not in ("name", "version", "fingerprint", "change"):
            yield key, ", ".join(shown)
    if secrets := sorted(read.secrets(entry.document)):
        yield "has-secrets", ", ".join(secrets)
