"""What every part of registry.yaml, and of the operator's other files, has in common."""

from __future__ import annotations

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """A part of a file of settings: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _nothing(value: object) -> object:
    """Read YAML's word for nothing, which every scalar's text is until a model types it."""
    return None if value in ("", "~", "null", "Null", "NULL") else value


NULL = BeforeValidator(_nothing)
"""For a part that may be `null`: registry.yaml may say so, as its schema does."""
