"""What entries, files and changes must keep to: each rule one object, each family one module.

The tables say what a rule looks at. NAMESPACE_RULES need all files of a namespace (in any case),
REGISTRY_RULES those of every namespace. Every table is read in its order; reports sort.
"""

from __future__ import annotations

from typing import Any

from builder.rules import (
    identifiers,
    launch,
    layout,
    lookalikes,
    meta,
    name,
    overlays,
    package_fields,
    packages,
    placeholders,
    properties,
    published,
    remotes,
    schema,
    secrets,
    settings,
    sidecar_files,
    start,
    text,
    unique,
    urls,
    version,
    whole,
)
from builder.rules.engine.rule import Rule
from builder.rules.engine.subject import Entry, Proposal, Tree

# An unreadable entry is asked by these alone.
TEXT_RULES: tuple[Rule[Entry], ...] = (text.SIZE, *text.RULES)
ENTRY_RULES: tuple[Rule[Entry], ...] = (
    text.SIZE,
    *whole.RULES,
    *layout.ENTRY_RULES,
    *schema.RULES,
    *properties.RULES,
    *name.RULES,
    *version.RULES,
    *meta.RULES,
    *urls.RULES,
    *packages.RULES,
    *launch.RULES,
    *package_fields.RULES,
    *identifiers.RULES,
    *placeholders.RULES,
    *secrets.RULES,
    *remotes.RULES,
    *start.RULES,
    *lookalikes.RULES,
)
NAMESPACE_RULES: tuple[Rule[Tree], ...] = (
    *layout.TREE_RULES,
    *sidecar_files.RULES,
    *overlays.RULES,
    *unique.NAMESPACE_RULES,
)
REGISTRY_RULES: tuple[Rule[Tree], ...] = unique.REGISTRY_RULES
CHANGE_RULES: tuple[Rule[Proposal], ...] = (*published.RULES, *settings.RULES)

RULES: tuple[Rule[Any], ...] = (
    *TEXT_RULES,
    *ENTRY_RULES[1:],
    *NAMESPACE_RULES,
    *REGISTRY_RULES,
    *CHANGE_RULES,
)
