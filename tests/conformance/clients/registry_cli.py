"""List, page, search and get with mcp-registry-cli: registry_cli.py URL SEARCH NAME."""

import json
import sys

import requests
from mcp_registry_cli.api import MCPRegistryAPI

url, word, name = sys.argv[1:]
MCPRegistryAPI.BASE_URL = url
client = MCPRegistryAPI()
page = client.list_servers()
listed = page["servers"]
while page["next_cursor"]:
    page = client.list_servers(cursor=page["next_cursor"])
    listed += page["servers"]
try:
    client.get_server_versions("com.example/missing")
    missing = False
except requests.HTTPError:
    missing = True
answer = {
    "listed": [one.name for one in listed],
    "found": [server.name for server in client.search_servers(word, limit=100)["servers"]],
    "got": client.get_server_versions(name)[0].name,
    "missing": missing,
}
print(json.dumps(answer))  # noqa: T201
