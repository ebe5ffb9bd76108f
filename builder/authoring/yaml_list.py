"""Items of a YAML list as our files have them: a line a field, values as JSON writes them."""

from __future__ import annotations

import json

from pydantic import BaseModel


def item(value: BaseModel) -> str:
    """Return the lines of one item; fields that have their default are left out."""
    values = value.model_dump(mode="json", exclude_defaults=True)
    first, *others = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()
    ]
    return "".join([f"- {first}\n", *(f"  {line}\n" for line in others)])
