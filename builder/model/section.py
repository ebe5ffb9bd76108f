"""The base of every part of registry.yaml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of registry.yaml: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
