"""`policy.mirror` in registry.yaml: what a mirror takes in, and the most that a run may cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from builder.model.package_types import PACKAGE_TYPES
from builder.model.policy_rule import TRANSPORTS, Rules, known, server_patterns
from builder.model.section import Section


class MirrorLimits(Section):
    """The most that one run of `mirror` may cost, whatever upstream sends."""

    pages: Annotated[int, Field(ge=1)] = Field(20_000, description="Pages of at most 100 entries.")
    page_megabytes: Annotated[int, Field(ge=1)] = Field(
        32, description="Size of one page, decompressed."
    )
    minutes: Annotated[int, Field(ge=1)] = Field(
        50, description="Time for the pages. The next run goes on from where this one stopped."
    )
    dump_megabytes: Annotated[int, Field(ge=1)] = Field(
        1024, description="Size of a saved dump, decompressed."
    )


Invalid = Literal["taken", "listed-apart", "left-out"]


class MirrorPolicy(Section):
    """What `mcp-registry mirror` takes from upstream. An entry must pass every line."""

    include: Annotated[tuple[str, ...], AfterValidator(server_patterns)] = Field(
        ("*",),
        description="Server names to take: shell patterns, `*` matches across slashes. Read as the "
        "line `{match: {outside: {name: [...]}}, do: reject}`.",
    )
    exclude: Annotated[tuple[str, ...], AfterValidator(server_patterns)] = Field(
        (),
        description="Server names to leave out; wins over include. Read as the line "
        "`{match: {name: [...]}, do: reject}`.",
    )
    package_types: tuple[str, ...] = Field(
        (),
        description="If given, an entry may only use these package types (npm, pypi, oci, ...). "
        "An entry without packages passes: `transports` is about its remotes.",
    )
    transports: tuple[str, ...] = Field(
        (),
        description="If given, an entry may only use these transports (stdio, streamable-http, sse), "
        "in packages and in remotes.",
    )
    statuses: tuple[Literal["active", "deprecated", "deleted"], ...] = Field(
        ("active", "deprecated", "deleted"),
        description="Statuses to take in. What was taken in follows upstream.",
    )
    invalid: Invalid = Field(
        "listed-apart",
        description="Entries that break the current schema: `taken` like all others; `listed-apart`, "
        "served at their own addresses and on pages but not in the list that a host without queries "
        "sends to everybody, because a strict client refuses the whole list for one of them; or "
        "`left-out`. An empty `repository` breaks nothing.",
    )
    rules: Rules = Field(
        (),
        description="Lines of the rule language, read after those above: the first that matches "
        "decides, and what none matches comes in. `review` holds a version until it is approved.",
    )
    limits: MirrorLimits = Field(
        MirrorLimits(), description="The most that one run may cost, whatever upstream sends."
    )

    @field_validator("package_types")
    @classmethod
    def _package_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known(value, PACKAGE_TYPES)

    @field_validator("transports")
    @classmethod
    def _transports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known(value, TRANSPORTS)
