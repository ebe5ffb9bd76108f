"""What every part of registry.yaml, and of the operator's other files, has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """A part of a file of settings: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Listed = TypeVar("Listed", bound=Section)


def distinct(rows: Sequence[Listed], what: str, *keys: str) -> None:
    """Raise ValueError if two rows of a list say the same for one of these keys, by which they are known."""
    for key in keys:
        before: set[str] = set()
        for row in rows:
            named = getattr(row, key)
            if named in before:
                raise ValueError(f"two {what} have the {key} {named!r}")
            before.add(named)


def _nothing(value: object) -> object:
    """Read YAML's word for nothing, which every scalar's text is until a model types it."""
    return None if value in ("", "~", "null", "Null", "NULL") else value


NULL = BeforeValidator(_nothing)
"""For a part that may be `null`: registry.yaml may say so, as its schema does."""
