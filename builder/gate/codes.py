"""Every code that a finding may carry: its summary and its explanation."""

from __future__ import annotations

from builder import rules
from builder.check import collections, renames
from builder.history import dates
from builder.model import own_files, package_codes
from builder.policy.codes import CODES as POLICY_CODES


def texts() -> dict[str, tuple[str, str]]:
    """Return summary and explanation of every code that a finding may have."""
    from builder.ownership.codes import CODES

    return {
        dates.RULE: (dates.SUMMARY, dates.EXPLANATION),
        own_files.RULE: (own_files.SUMMARY, own_files.EXPLANATION),
        collections.RULE: (collections.SUMMARY, collections.EXPLANATION),
        renames.RULE: (renames.SUMMARY, renames.EXPLANATION),
        **{code.code: (code.summary, code.explanation) for code in POLICY_CODES},
        **{code: (summary, summary) for code, (_, summary) in package_codes.CODES.items()},
        **{code.code: (code.summary, code.explanation) for code in CODES},
        **{rule.code: (rule.summary, rule.explanation) for rule in rules.RULES},
    }
