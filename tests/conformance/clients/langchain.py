"""List, search and get with langchain-mcp-registry: langchain.py URL SEARCH NAME.

It asks for one page and has no way to ask for the next.
"""

import asyncio
import json
import sys
import tempfile

from langchain_mcp_registry.client import MCPRegistryClient
from langchain_mcp_registry.exceptions import ServerNotFoundError


async def main(url: str, word: str, name: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as cache:
        async with MCPRegistryClient(
            f"{url}/v0/servers", cache_enabled=False, cache_dir=cache
        ) as client:
            listed = await client.search_servers(limit=100, version="latest")
            found = await client.search_servers(word, limit=100, version="latest")
            got = await client.get_server_details(name)
            try:
                await client.get_server_details("com.example/missing")
                missing = False
            except ServerNotFoundError:
                missing = True
    return {
        "listed": [server.name for server in listed],
        "found": [server.name for server in found],
        "got": got.name,
        "missing": missing,
    }


print(json.dumps(asyncio.run(main(*sys.argv[1:]))))  # noqa: T201
