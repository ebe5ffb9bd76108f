"""List, search and get with mcp-lookup: lookup.py URL SEARCH NAME. It asks for one page.

What is missing it looks for by a search, of which it takes the first item for the answer.
"""

import json
import sys

from mcp_lookup.registry import RegistryClient

url, word, name = sys.argv[1:]
client = RegistryClient(url)
missing = client.get("com.example/missing")
answer = {
    "listed": [item["server"]["name"] for item in client.search("", limit=100)],
    "found": [item["server"]["name"] for item in client.search(word, limit=100)],
    "got": client.get(name)["server"]["name"],
    "missing": missing is None,
}
print(json.dumps(answer))  # noqa: T201
