"""Rules on a document as a whole: that it is a server.json, and that something can be run or reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from builder.model.finding import Severity
from builder.model.server_json import Document
from builder.rules.engine.fields import quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, document, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package

_NEW = "mcp-registry new writes a server.json"
Found = tuple[str, str, Steps]
"""What a document is instead of a server.json, how to make one of it, and the steps to the value."""


def _api_answer(content: Document) -> Found | None:
    if _is_entry(content.get("server")):
        return "an answer of the API", "keep what is below server, and leave _meta out", ("server",)
    servers = content.get("servers")
    if isinstance(servers, list) and not content.get("name"):
        help = "one file is one version: write what is below server of each into a file of its own"
        return f"a list of {len(servers):,} servers", help, ("servers",)
    return None


def _client_settings(content: Document) -> Found | None:
    for key in ("mcpServers", "servers", "mcp", "context_servers"):
        if isinstance(content.get(key), dict) and not _is_entry(content[key]):
            return "the settings of a client", f"{_NEW} from its package or address", (key,)
    return None


def _manifest(content: Document) -> Found | None:
    if "$schema" in content and "/server.schema.json" in string(content, "$schema"):
        return None
    for key in ("manifest_version", "dxt_version"):
        if key in content:
            help = (
                "name the bundle as a package of the type mcpb: mcp-registry new --package mcpb:URL"
            )
            return "the manifest of an MCP bundle", help, (key,)
    for key in ("scripts", "dependencies", "devDependencies", "bin", "main", "mcpName"):
        if key in content and "name" in content and "/" not in string(content, "name").lstrip("@/"):
            return "a package.json", "mcp-registry new --from DIR makes a server.json of it", (key,)
    return None


def _schema(content: Document) -> Found | None:
    if isinstance(content.get("properties"), dict) and content.keys() & {"definitions", "$defs"}:
        return "a JSON Schema", _NEW, ("properties",)
    return None


def _wrapped(content: Document) -> Found | None:
    inside = [key for key, value in content.items() if _is_entry(value)]
    if len(inside) == 1 and not content.get("name"):
        return (
            f"an object around the entry, below {quoted(inside[0])}",
            "keep what is inside",
            (inside[0],),
        )
    return None


def _is_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "name" in value
        and bool(value.keys() & {"version", "description", "$schema", "packages", "remotes"})
    )


_OTHERS: tuple[Callable[[Document], Found | None], ...] = (
    _api_answer,
    _client_settings,
    _manifest,
    _schema,
    _wrapped,
)


def _other_document(item: Entry) -> Iterator[Problem]:
    for recognise in _OTHERS:
        if other := recognise(item.document):
            what, help, steps = other
            yield Problem(
                message=f"the document is {what}, not a server.json",
                steps=steps,
                help=help,
                alone=True,
            )
            return


def _nothing(item: Entry) -> Iterator[Problem]:
    content = item.document
    if any(content.get(key) not in (None, []) for key in ("packages", "remotes")):
        return
    site = string(content, "websiteUrl")
    yield Problem(
        message="there is no package to run and no remote to reach"
        + (", only a web site" if site else ""),
        help="add packages or remotes"
        + (": without one the page offers the web site, and clients nothing" if site else ""),
    )


_META: Mapping[str, Any] = {"_meta": {}}
RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="not-a-server-json",
        summary="The document is a server.json.",
        explanation="And not an answer of the API (`{server, _meta}`), a client's settings "
        "(`mcpServers`), a package.json, the manifest of an MCP bundle, or an object around the entry. "
        "Nothing else is then said of it.",
        check=_other_document,
        about=EntryPart.VIOLATION | EntryPart.BODY_VIOLATION,
        failing=entry("name", "description", "version", "$schema", server=document(), **_META),
        passing=entry(),
    ),
    Rule(
        code="nothing-to-run",
        summary="There is a package to run, or a remote to reach.",
        explanation="The schema asks for neither. Without both a client can do nothing with the entry; "
        "where it has a web site, the page leads there.",
        severity=Severity.WARNING,
        check=_nothing,
        failing=entry(),
        passing=entry(packages=[package()]),
    ),
)
