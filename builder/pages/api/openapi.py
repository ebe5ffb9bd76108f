"""The OpenAPI description of what is really served: openapi.json and openapi.yaml.

ToolHive's registry server refuses a registry whose `info.version` is not 1.0.0 or whose description
lacks the address of the upstream repository.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages.api.openapi_schemas import SCHEMAS, Spec
from builder.pages.api.servers import OFFICIAL_SOURCE, prefixes


class _Plain(yaml.SafeDumper):
    """Writes a value that is used twice twice: readers of OpenAPI do not expect YAML's aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def pages(config: Config) -> Iterator[Page]:
    """Yield the OpenAPI document in both of its spellings."""
    description = openapi(config)
    yield json_page("openapi.json", description)
    yield Page("openapi.yaml", as_yaml(description))


def as_yaml(description: Spec) -> bytes:
    """Write an OpenAPI document as YAML."""
    text = yaml.dump(description, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    return str(text).encode()


def openapi(config: Config) -> Spec:
    """Describe the API as OpenAPI 3.1."""
    paths: Spec = {}
    for prefix in prefixes(config):
        paths |= _paths(prefix)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": config.title,
            "version": "1.0.0",
            "description": f"{config.description}\n\nA registry of MCP servers that implements the read API "
            f"of the official registry ({OFFICIAL_SOURCE}).",
            "license": {"name": "CC0 1.0 (data)", "identifier": "CC0-1.0"},
        },
        # Relative to this document: right under any address and path prefix.
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _paths(prefix: str) -> Spec:
    names = [
        _parameter(
            "serverName", "path", "Name of the server, its slash as %2F.", {"type": "string"}
        )
    ]
    of_version = [
        *names,
        _parameter("version", "path", "A version, or `latest`.", {"type": "string"}),
    ]
    server = f"/{prefix}/servers/{{serverName}}/versions"
    return {
        f"/{prefix}/servers": _get(
            f"listServers_{prefix}", "List servers.", "ServerList", _LIST_QUERY, (400, 422)
        ),
        server: _get(
            f"listVersions_{prefix}",
            "List the versions of a server, newest first.",
            "ServerList",
            [*names, _DELETED],
            (400, 404, 422),
        ),
        f"{server}/{{version}}": _get(
            f"getVersion_{prefix}",
            "Get one version.",
            "ServerResponse",
            [*of_version, _DELETED],
            (400, 404, 422),
        ),
        f"/{prefix}/health": _get(f"health_{prefix}", "Is it up?", "Health", [], ()),
        f"/{prefix}/ping": _get(f"ping_{prefix}", "Does it answer?", "Ping", [], ()),
        f"/{prefix}/version": _get(
            f"version_{prefix}", "Which builder and commit?", "Version", [], ()
        ),
    }


def _get(
    operation: str, summary: str, schema: str, parameters: list[Spec], problems: tuple[int, ...]
) -> Spec:
    responses: Spec = {
        "200": {
            "description": "Success",
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        }
    }
    for status in problems:
        responses[str(status)] = {
            "description": _PROBLEMS[status],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return {
        "get": {
            "operationId": operation.replace(".", "_"),
            "tags": [operation.rpartition("_")[2]],
            "summary": summary,
            "parameters": parameters,
            "responses": responses,
        }
    }


def _parameter(name: str, where: str, description: str, schema: Spec) -> Spec:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": schema,
    }


_PROBLEMS = {
    400: "A parameter cannot be understood.",
    404: "There is no such server or version.",
    422: "A parameter is out of its range.",
}
_DELETED = _parameter(
    "include_deleted", "query", "Also give deleted versions.", {"type": "boolean", "default": False}
)
_LIST_QUERY = [
    _parameter(
        "cursor",
        "query",
        "Where to go on: `metadata.nextCursor` of the page before.",
        {"type": "string"},
    ),
    _parameter(
        "limit",
        "query",
        "Number of items in a page.",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": 30},
    ),
    _parameter("search", "query", "Part of the server's name, in any case.", {"type": "string"}),
    _parameter(
        "updated_since",
        "query",
        "Only what changed after this time; includes deleted versions.",
        {"type": "string", "format": "date-time"},
    ),
    _parameter("version", "query", "`latest`, or an exact version.", {"type": "string"}),
    _DELETED,
]
