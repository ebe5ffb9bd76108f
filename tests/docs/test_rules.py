"""The documentation page of the rules is complete, and holds no live markup of an example."""

from __future__ import annotations

import re

from builder import package_proof, rules
from builder.docs.rules import render
from builder.ownership.codes import CODES
from builder.policy.codes import CODES as POLICY_CODES


def test_every_code_has_one_anchor() -> None:
    anchors = re.findall(r"^### \S+ \{ #(\S+) \}$", render(), re.MULTILINE)
    ours = [rule.code for rule in rules.RULES]
    theirs = [one.code for one in CODES]
    policy = [one.code for one in POLICY_CODES]
    assert anchors == [*ours, *theirs, *policy, *package_proof.CODES]
    assert len(set(anchors)) == len(anchors)


def test_code_fences_are_balanced() -> None:
    fences = re.findall(r"^```(\w*)$", render(), re.MULTILINE)
    assert all(fences[0::2])
    assert not any(fences[1::2])
