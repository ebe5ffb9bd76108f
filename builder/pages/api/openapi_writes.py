"""The part of the OpenAPI description that is true where one publishes by the API as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]

_TEXT: Spec = {"type": "string"}
_SIGNED = ("domain", "timestamp", "signed_timestamp")
_STATUS: Spec = {
    "type": "object",
    "required": ["status"],
    "additionalProperties": False,
    "properties": {
        "status": {"enum": ["active", "deprecated", "deleted"]},
        "statusMessage": {"type": "string", "maxLength": 500},
    },
}
_SERVER: Spec = {"$ref": "#/components/schemas/ServerDetail"}
_ALL: Spec = {
    "type": "object",
    "required": ["updatedCount", "servers"],
    "properties": {
        "updatedCount": {"type": "integer"},
        "servers": {"type": "array", "items": {"$ref": "#/components/schemas/ServerResponse"}},
    },
}
_TOKEN: Spec = {
    "type": "object",
    "required": ["registry_token", "expires_at"],
    "properties": {"registry_token": _TEXT, "expires_at": {"type": "integer"}},
}
_ISSUES: Spec = {
    "type": "object",
    "required": ["valid", "issues"],
    "properties": {
        "valid": {"type": "boolean"},
        "issues": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(
                    ("type", "path", "message", "severity", "reference"), _TEXT
                ),
            },
        },
    },
}
_SERVER_RESPONSE: Spec = {"$ref": "#/components/schemas/ServerResponse"}
_PROBLEMS = {
    400: "What is here already stands against it.",
    401: "There is no good token, or the proof does not hold.",
    403: "The token does not cover this name.",
    404: "There is no such server or version.",
    409: "A person must look at it first.",
    422: "The body is not what the schema asks for.",
    429: "Too many requests.",
    503: "The branch cannot be written now.",
}


def with_writes(
    spec: Spec, prefixes: tuple[str, ...], logins: Mapping[str, tuple[str, ...]]
) -> Spec:
    """Return a description with the write API as well; `logins` are the open ways, with their fields."""
    paths = {path: dict(operations) for path, operations in spec["paths"].items()}
    for prefix in prefixes:
        for path, method, operation in _operations(prefix, logins):
            paths.setdefault(path, {})[method] = operation
    components = spec["components"]
    return {
        **spec,
        "paths": paths,
        "components": {
            **components,
            "schemas": {**components["schemas"], "ServerDetail": _DETAIL},
            "securitySchemes": {
                "registryToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


_DETAIL: Spec = {
    "type": "object",
    "description": "A server.json of the current schema.",
    "required": ["$schema", "name", "description", "version"],
    "properties": {
        "$schema": _TEXT,
        "name": {"type": "string", "minLength": 3, "maxLength": 200},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "minLength": 1, "maxLength": 255},
    },
}


def _operations(prefix: str, logins: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, Spec]]:
    server = f"/{prefix}/servers/{{serverName}}"
    version = f"{server}/versions/{{version}}"
    of_server, of_version = _parameters("serverName"), _parameters("serverName", "version")
    written = (400, 401, 403, 409, 422, 429, 503)
    made = [
        (f"/{prefix}/publish", "post",
         _operation(prefix, "publish", "Publish a server.json.", _SERVER, _SERVER_RESPONSE, [], written)),
        (f"/{prefix}/validate", "post",
         _operation(prefix, "validate", "Check a server.json.", _SERVER, _ISSUES, [], (400, 422, 429))),
        (version, "put",
         _operation(prefix, "edit", "Correct an entry (administrators).", _SERVER, _SERVER_RESPONSE,
                    of_version, (*written, 404))),
        (f"{version}/status", "patch",
         _operation(prefix, "setStatus", "Set the status of a version.", _STATUS, _SERVER_RESPONSE,
                    of_version, (*written, 404))),
        (f"{server}/status", "patch",
         _operation(prefix, "setStatusOfAll", "Set the status of all versions.", _STATUS, _ALL,
                    of_server, (*written, 404))),
    ]  # fmt: skip
    for name, fields in logins.items():
        body: Spec = {
            "type": "object",
            "required": list(fields),
            "additionalProperties": False,
            "properties": dict.fromkeys(fields, _TEXT),
        }
        operation = _operation(
            prefix, f"logIn_{name}", "Exchange a proof for a token.", body, _TOKEN, [], (401, 422)
        )
        made.append((f"/{prefix}/auth/{name}", "post", operation))
    return made


def _operation(
    prefix: str,
    name: str,
    summary: str,
    body: Spec,
    result: Spec,
    parameters: list[Spec],
    problems: tuple[int, ...],
) -> Spec:
    responses: Spec = {
        "200": {"description": "Success", "content": {"application/json": {"schema": result}}}
    }
    for status in sorted(problems):
        schema = {"$ref": "#/components/schemas/Problem"}
        responses[str(status)] = {
            "description": _PROBLEMS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
    needs_token = 403 in problems
    return {
        "operationId": f"{name}_{prefix}".replace(".", "_").replace("-", "_"),
        "tags": [prefix],
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": responses,
        **({"security": [{"registryToken": []}]} if needs_token else {}),
    }


def _parameters(*names: str) -> list[Spec]:
    return [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]
