"""collections/*.yaml: lists of servers that the registry has chosen, in its own order."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from builder.model.overlay import Line, ServerName


class CollectionFile(BaseModel):
    """A file of collections/: a title, a text, and servers in order."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Annotated[Line, Field(min_length=1)] = Field(
        description="What the collection is called."
    )
    summary: Line = Field("", description="One sentence under the title.")
    text: Annotated[str, Field(max_length=20_000)] = Field(
        "", description="What it is for, in Markdown. HTML in it is shown as text."
    )
    servers: tuple[ServerName, ...] = Field(
        min_length=1, max_length=5_000, description="Names of servers, in the order to show them."
    )

    @field_validator("servers")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        before: set[str] = set()
        for name in value:
            if name in before:
                raise ValueError(f"{name} is named twice")
            before.add(name)
        return value
