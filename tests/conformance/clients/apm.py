"""List, page, search and get with microsoft/apm's registry client: apm.py URL SEARCH NAME."""

import json
import sys

from apm_cli.registry.client import SimpleRegistryClient

url, word, name = sys.argv[1:]
client = SimpleRegistryClient(url)
listed, cursor = client.list_servers()
while cursor:
    more, cursor = client.list_servers(cursor=cursor)
    listed += more
found = client.search_servers(word)
missing = client.find_server_by_reference("com.example/missing")
answer = {
    "listed": [one["name"] for one in listed],
    "found": [one["name"] for one in found],
    "got": client.get_server(name)["name"],
    "missing": missing is None,
}
print(json.dumps(answer))  # noqa: T201
