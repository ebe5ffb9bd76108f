"""What the findings of the policy mean: a code, in short, and why. For the page of the rules."""

from __future__ import annotations

from typing import NamedTuple


class PolicyCode(NamedTuple):
    """A code, what holds where it is not reported, why it is asked for, and how severe it is."""

    code: str
    summary: str
    explanation: str
    severity: str


REJECTED, REVIEW = "policy-rejected", "policy-review"
BLOCKED, BLOCKS_UNREADABLE = "blocked", "blocks-unreadable"
OLD_SETTING = "old-setting"
NOT_UPSTREAM, DIFFERS = "not-publishable-upstream", "differs-in-kind"

CODES = (
    PolicyCode(
        REJECTED,
        "The policy of this registry lets the entry in.",
        "A line of `policy.publish` in `registry.yaml` rejects it, and says why. "
        "`mcp-registry policy explain NAME` says which. Of what is published already it is a warning.",
        "error",
    ),
    PolicyCode(
        REVIEW,
        "The policy of this registry lets the entry in without a person.",
        "A line of `policy.publish` in `registry.yaml` has somebody look at such entries, and says why.",
        "review",
    ),
    PolicyCode(
        BLOCKED,
        "Nothing that `blocks.yaml` blocks is published.",
        "The registry's operator blocked the server, the version, a package, a publisher or what runs. "
        "It is refused also where it was removed long ago, and whoever proposes it: the operator takes "
        "the block back first.",
        "error",
    ),
    PolicyCode(
        BLOCKS_UNREADABLE,
        "The main branch's `blocks.yaml` can be read.",
        "Where it cannot, it is not known what is blocked, and a person looks.",
        "review",
    ),
    PolicyCode(
        NOT_UPSTREAM,
        "The official registry would take the entry too.",
        "It uses a package registry, a repository host or an address of the operator's own, or a namespace that "
        "the operator grants, which `registry.yaml` allows here. It is a note: the page of the server says so "
        "too, and every answer of the API (`<extension namespace>/upstream`).",
        "note",
    ),
    PolicyCode(
        OLD_SETTING,
        "`registry.yaml` says things where they belong.",
        "A note of a setting that keeps working and has another place by now, such as a list that is read as "
        "a line of the rule language.",
        "note",
    ),
    PolicyCode(
        DIFFERS,
        "A new version runs and reaches what the one before it did.",
        "A note of what is new in kind: another package, a host, a secret, a variable, an argument. "
        "A line of the policy with `change` can hold such versions for a person.",
        "note",
    ),
)
