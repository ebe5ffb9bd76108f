"""Answers of the write API as values: status, body, and what the audit log says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from builder.pages.api.problem import ProblemDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAnswer:
    """An answer: status, body, its problem if it is one, and what the audit log says of it."""

    status: int
    body: bytes
    problem: ProblemDocument | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def refused(document: ProblemDocument, **facts: str) -> WriteAnswer:
    """Return a problem as an answer."""
    why = "; ".join(str(error.get("message", "")) for error in document.errors[:3])
    reported = {"reason": why or document.detail, **facts}
    return WriteAnswer(
        status=document.status, body=document.body(), problem=document, facts=reported
    )


def problem(
    status: int, detail: str, errors: tuple[Mapping[str, Any], ...] = ()
) -> ProblemDocument:
    """Return a problem document with the usual title of its status."""
    return ProblemDocument(status, HTTPStatus(status).phrase, detail, errors)
