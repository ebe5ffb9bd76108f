"""Ask a remote who it is and which tools it has, over streamable HTTP with the official SDK.

`server/discover` (protocol 2026-07-28) comes first, then `initialize`: the SDK chooses. Nothing is
called and nothing is started; time, bytes and tools are bounded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import anyio
import orjson
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from builder.facts.connection import CheckedTransport, TooManyBytes, open_http
from builder.model.facts import LONGEST, MOST_TOOLS, RemoteFacts, ToolFacts
from builder.model.wording import visible
from builder.net.addresses import Guard, PrivateAddress

SECONDS, CARD_SECONDS = 20.0, 5.0
MOST_BYTES, CARD_BYTES = 2 * 1024 * 1024, 256 * 1024
MOST_PAGES = 20


def ask(url: str, day: str, guard: Guard) -> RemoteFacts:
    """Ask a remote; what goes wrong is a fact too."""
    return anyio.run(_ask, url, day, guard)


async def _ask(url: str, day: str, guard: Guard) -> RemoteFacts:
    transport = CheckedTransport(guard, MOST_BYTES)
    try:
        with anyio.fail_after(SECONDS):
            facts = await _spoken(url, day, transport)
    except Exception as error:  # whatever a server does: it is told, and the next one is asked
        trouble = _trouble(error, transport.status)
        return RemoteFacts(asked=day, failing=day, trouble=trouble)
    with suppress(Exception), anyio.fail_after(CARD_SECONDS):
        facts = facts.model_copy(update={"card": await _has_card(url, guard)})
    return facts


async def _spoken(url: str, day: str, transport: CheckedTransport) -> RemoteFacts:
    async with (
        open_http(transport) as http,
        Client(streamable_http_client(url, http_client=http), mode="auto") as client,
    ):
        info = client.server_info
        tools, trouble = [], ""
        if client.server_capabilities.tools is None:
            trouble = "it offers no tools"
        else:
            tools = await _tools(client)
        return RemoteFacts(
            asked=day,
            answered=day,
            trouble=trouble,
            name=_text(info.name if info else "", 200),
            version=_text(info.version if info else "", 100),
            protocols=_protocols(client),
            tools=tuple(tools),
        )


def _protocols(client: Client) -> tuple[str, ...]:
    discovered = getattr(client.session, "discover_result", None)
    versions = discovered.supported_versions if discovered else [client.protocol_version]
    return tuple(_text(version, 40) for version in versions[:20])


async def _tools(client: Client) -> list[ToolFacts]:
    tools: dict[str, ToolFacts] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools[: MOST_TOOLS - len(tools)]:
            sent = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
            tools.setdefault(tool.name, tool_facts(sent))
        cursor = page.next_cursor
        if not cursor or len(tools) >= MOST_TOOLS:
            break
    return list(tools.values())


def tool_facts(sent: dict[str, Any]) -> ToolFacts:
    """Return what is kept of a tool, as its server told it."""
    kept = {key: value for key, value in sent.items() if key not in ("_meta", "icons")}
    return ToolFacts(
        name=_text(sent.get("name"), 200),
        title=_text(sent.get("title"), 200),
        description=_text(sent.get("description"), LONGEST),
        digest=hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    )


async def _has_card(url: str, guard: Guard) -> bool:
    async with open_http(CheckedTransport(guard, CARD_BYTES)) as http:
        answer = await http.get(f"{url.rstrip('/')}/server-card")
        return answer.status_code == 200 and isinstance(answer.json().get("name"), str)


def _text(value: object, longest: int) -> str:
    """Return a server's words as one that YAML and pages can hold."""
    text = value if isinstance(value, str) else ""
    return "\n".join(visible(line) for line in text.splitlines())[:longest].strip()


def _trouble(error: BaseException, status: int) -> str:
    """Say what went wrong, from inside the groups in which the SDK raises it."""
    for cause in _inner(error):
        if isinstance(cause, PrivateAddress):
            return "its address is not a public one"
        if isinstance(cause, TooManyBytes):
            return str(cause)
        if isinstance(cause, TimeoutError):
            return f"it did not answer within {SECONDS:g} seconds"
    if status >= 400:
        return _status(status)
    last = list(_inner(error))[-1]
    return _text(str(last) or type(last).__name__, 200).replace("\n", " ")


def _inner(error: BaseException) -> Iterable[BaseException]:
    yield error
    causes = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (*causes, error.__cause__):
        if cause is not None:
            yield from _inner(cause)


def _status(code: int) -> str:
    return "it asks for authorization" if code in (401, 403) else f"it answered with status {code}"
