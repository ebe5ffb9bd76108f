"""The documents that say what is served: index.json and the OpenAPI description.

index.json is the service index: the one address a sync client needs. OpenAPI describes what is
really served; ToolHive's registry server refuses a registry whose `info.version` is not 1.0.0 or
whose description lacks the address of the upstream repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.model.server_json import OFFICIAL
from builder.pages.api.servers import OFFICIAL_SOURCE, extension, prefixes

SERVICE_INDEX_VERSION = "1.0.0"
Spec = dict[str, Any]  # a JSON Schema or a part of an OpenAPI document


class _Plain(yaml.SafeDumper):
    """Writes a value that is used twice twice: readers of OpenAPI do not expect YAML's aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The service index and the OpenAPI document in both of its spellings."""
    index = {
        "version": SERVICE_INDEX_VERSION,
        "generation": catalogue.commit,
        "resources": resources(config),
    }
    yield json_page("index.json", index)
    description = openapi(config)
    yield json_page("openapi.json", description)
    yield Page("openapi.yaml", as_yaml(description))


def as_yaml(description: Spec) -> bytes:
    """Write an OpenAPI document as YAML."""
    text = yaml.dump(description, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    return str(text).encode()


def resources(config: Config) -> list[Mapping[str, str]]:
    """List what this registry serves: type, URL relative to index.json, and what it is."""
    lists = [
        {
            "type": f"Servers/{prefix}",
            "url": f"{prefix}/servers",
            "comment": "The official API: list of servers.",
        }
        for prefix in prefixes(config)
    ]
    copies = [
        {"type": kind, "url": f"{extension(config)}/{path}", "comment": comment}
        for kind, path, comment in _COPIES
    ]
    return [
        *lists,
        *copies,
        {
            "type": "OpenAPI",
            "url": "openapi.json",
            "comment": "OpenAPI 3.1 description of the API.",
        },
        {"type": "Site", "url": "./", "comment": "The site for people."},
    ]


_COPIES = (
    ("ServerPages", "pages/all/index.json", "Every version, in pages of at most 100."),
    ("LatestPages", "pages/latest/index.json", "Each server's latest version, in such pages."),
    ("Changes", "changes/index.json", "Everything that ever changed, in shards of 256 events."),
    ("Head", "head.json", "Anything new? Sequence number and hashes, always small."),
    (
        "Log",
        "log/tree",
        "The change log as a Merkle tree: its tiles and signed checkpoint are here.",
    ),
    ("Snapshot", "snapshot.jsonl.gz", "Every version in one file, to start a copy from."),
    ("Search", "search/index.json", "The site's search index: terms, servers, filters."),
)


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
        "components": {"schemas": _SCHEMAS},
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
_TIME: Spec = {"type": "string", "format": "date-time"}
_SCHEMAS: Spec = {
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
