"""Error answers of the API as problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """An answer that is not a success (RFC 9457). `errors` name the parameters at fault."""

    status: int
    title: str
    detail: str
    errors: tuple[Mapping[str, Any], ...] = ()

    def body(self) -> bytes:
        """The problem as the official registry writes it: application/problem+json."""
        errors = {"errors": list(self.errors)} if self.errors else {}
        return orjson.dumps(
            {"title": self.title, "status": self.status, "detail": self.detail, **errors}
        )


NOT_FOUND = ProblemDocument(404, "Not Found", "Server not found")


NO_ENDPOINT = ProblemDocument(
    404, "Not Found", "Endpoint not found. See /docs for the API documentation."
)
