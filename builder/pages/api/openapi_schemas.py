"""The JSON Schemas of what the API answers, as OpenAPI's components."""

from __future__ import annotations

from typing import Any

from builder.model.server_json import OFFICIAL

Spec = dict[str, Any]
"""A JSON Schema or a part of an OpenAPI document."""
_TIME: Spec = {"type": "string", "format": "date-time"}
SCHEMAS: Spec = {
    "ServerList": {
        "type": "object",
        "required": ["servers", "metadata"],
        "additionalProperties": False,
        "properties": {
            "servers": {"type": "array", "items": {"$ref": "#/components/schemas/ServerResponse"}},
            "metadata": {
                "type": "object",
                "required": ["count"],
                "additionalProperties": False,
                "properties": {
                    "nextCursor": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
                    "count": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
    "ServerResponse": {
        "type": "object",
        "required": ["server", "_meta"],
        "additionalProperties": False,
        "properties": {
            "server": {
                "type": "object",
                "description": "The server.json as its publisher wrote it.",
                "required": ["name", "version"],
                "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
            },
            "_meta": {
                "type": "object",
                "required": [OFFICIAL],
                "properties": {OFFICIAL: {"$ref": "#/components/schemas/Official"}},
            },
        },
    },
    "Official": {
        "type": "object",
        "required": ["status", "statusChangedAt", "publishedAt", "updatedAt", "isLatest"],
        "additionalProperties": False,
        "properties": {
            "status": {"enum": ["active", "deprecated", "deleted"]},
            "statusChangedAt": _TIME,
            "statusMessage": {"type": "string", "maxLength": 500},
            "publishedAt": _TIME,
            "updatedAt": _TIME,
            "isLatest": {"type": "boolean"},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "message": {"type": "string"},
                        "location": {"type": "string"},
                        "value": {},
                    },
                },
            },
        },
    },
    "Health": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}},
    "Ping": {"type": "object", "required": ["pong"], "properties": {"pong": {"const": True}}},
    "Version": {
        "type": "object",
        "required": ["version", "git_commit", "build_time"],
        "properties": {
            "version": {"type": "string"},
            "git_commit": {"type": "string"},
            "build_time": _TIME,
        },
    },
}
