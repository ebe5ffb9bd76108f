"""Error answers of the API as problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
        """Return the problem as the official registry writes it: application/problem+json."""
        errors = {"errors": list(self.errors)} if self.errors else {}
        return orjson.dumps(
            {"title": self.title, "status": self.status, "detail": self.detail, **errors}
        )

    def explained(self, sentence: str) -> ProblemDocument:
        """Return the same with a further sentence about it."""
        return replace(self, detail=f"{self.detail}. {sentence}")


def _bad_request(detail: str) -> ProblemDocument:
    return ProblemDocument(400, "Bad Request", detail)


def _not_implemented(detail: str) -> ProblemDocument:
    return ProblemDocument(501, "Not Implemented", f"{detail} not supported by this registry")


NOT_FOUND = ProblemDocument(404, "Not Found", "Server not found")
NO_ENDPOINT = ProblemDocument(
    404, "Not Found", "Endpoint not found. See /docs for the API documentation."
)
NUL = _bad_request("NUL characters are not allowed")
BAD_NAME_ENCODING = _bad_request("Invalid server name encoding")
BAD_VERSION_ENCODING = _bad_request("Invalid version encoding")
BAD_TIME = _bad_request(
    "Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)"
)
DELETED_WITH_SINCE = _bad_request(
    "updated_since always includes deleted servers: it cannot go with include_deleted=false"
)
INVALID = ProblemDocument(422, "Unprocessable Entity", "validation failed")
METHOD = ProblemDocument(405, "Method Not Allowed", "This registry answers GET, HEAD and OPTIONS")
# The texts of https://github.com/modelcontextprotocol/registry/blob/main/docs/reference/api/openapi.yaml
NO_PUBLISHING = _not_implemented("Publishing is")
NO_UPDATES = _not_implemented("Updates are")
NO_DELETION = _not_implemented("Deletion is")
NOT_WRITTEN = ProblemDocument(403, "Forbidden", "Nothing can be written at this address")
BAD_REQUEST = _bad_request("The request cannot be read")
RANGE = ProblemDocument(416, "Range Not Satisfiable", "The range lies outside of the document")
LOGIN = ProblemDocument(401, "Unauthorized", "This registry is read with a login")
FORBIDDEN = ProblemDocument(403, "Forbidden", "The token does not let its bearer read")
NO_LOGIN_NOW = ProblemDocument(503, "Service Unavailable", "The login cannot be checked now")
UNREADABLE = ProblemDocument(502, "Bad Gateway", "The files cannot be read")
