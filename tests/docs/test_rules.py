"""The documentation page of the rules is complete, and holds no live markup of an example."""

from __future__ import annotations

import re

from builder import package_proof, rules
from builder.check import collections, renames
from builder.docs.rules import pages
from builder.ownership.codes import CODES
from builder.policy.codes import CODES as POLICY_CODES


def test_every_code_has_one_anchor_and_a_page() -> None:
    *alone, (name, table) = pages()
    anchors = re.findall(r"^\| \[`\S+`\]\(\S+\.md\)\{ #(\S+) \}", table, re.MULTILINE)
    ours = [rule.code for rule in rules.RULES]
    theirs = [code.code for code in CODES]
    several = [collections.RULE, renames.RULE]
    policy = [policy_code.code for policy_code in POLICY_CODES]
    assert anchors == [*ours, *theirs, *several, *policy, *package_proof.CODES]
    assert len(set(anchors)) == len(anchors)
    assert [path for path, _ in alone] == [f"rules/{code}.md" for code in anchors]
    assert name == "rules/index.md"


def test_code_fences_are_balanced() -> None:
    for _, text in pages():
        fences = re.findall(r"^```(\w*)$", text, re.MULTILINE)
        assert all(fences[0::2])
        assert not any(fences[1::2])
