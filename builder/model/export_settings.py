"""registry.yaml, `exports`: what the allow-lists and catalogues for clients hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from builder.model.overlay import Slug
from builder.model.section import Section, distinct


class ExportTeam(Section):
    """A team with lists of its own below /exports/teams/."""

    name: Slug = Field(description="The team's name, in addresses too.")
    collections: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(
        description="The collections whose servers it may use."
    )


class Exports(Section):
    """What the allow-lists and catalogues below /exports/ hold."""

    servers: Literal["approved", "all"] = Field(
        "approved",
        description="The servers of the whole registry's lists: those that an overlay approves, or all.",
    )
    teams: tuple[ExportTeam, ...] = Field((), description="Teams with lists of their own.")

    @field_validator("teams")
    @classmethod
    def _teams(cls, value: tuple[ExportTeam, ...]) -> tuple[ExportTeam, ...]:
        distinct(value, "teams", "name")
        return value
