"""A probe of a server that others wrote: MCP's own reference server, from npm, on loopback."""

from __future__ import annotations

from pathlib import Path

from builder import cli
from builder.model.sidecars import read_facts
from tests.facts.started import started
from tests.patience import free_port
from tests.registry import Registry, entry_file

SERVER = Path(__file__).parents[2] / "node_modules/@modelcontextprotocol/server-everything"


def test_a_probe_asks_a_server_of_npm_for_its_name_and_tools(registry: Registry) -> None:
    port = free_port()
    command = ["node", str(SERVER / "dist" / "index.js"), "streamableHttp"]
    with started(command, port, says="listening on port") as url:
        remotes = [{"type": "streamable-http", "url": url}]
        registry.commit(entry_file(description="Everything.", remotes=remotes))
        assert cli.run(["probe", "--root", str(registry.root), "--allow-private"]) == 0
    facts = read_facts((registry.root / "servers/com.example/weather/facts.yaml").read_bytes())
    known = facts.remotes[url]
    assert "everything" in known.name.lower() and known.version
    # It speaks the protocol of before server/discover, so that initialize was asked.
    assert known.protocols == ("2025-11-25",)
    tools = {tool.name: tool for tool in known.tools}
    assert {"echo", "get-sum"} <= tools.keys() and len(tools) > 10
    assert all(tool.description for tool in tools.values())
