"""Where the pages of the site stand: every path that one page must know of another.

Folders and files are given as they stand on disk, below the site's root; `url` writes them for a
link. What belongs to one server beside its pages stands outside its folder, where every name is
a version.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

from builder.model.config import Config
from builder.model.page_paths import server_folder, version_folder
from builder.pages.api.servers import extension

_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*")
"""What `quote` leaves as it is, in five times the time."""


def url(path: str) -> str:
    """Write a path of the site as the path of a URL; a folder's ends in a slash."""
    return path if _PLAIN.fullmatch(path) else quote(path, errors="surrogatepass")


def in_query(value: str) -> str:
    """Write a value of a URL's query."""
    return value.replace("/", "%2F") if _PLAIN.fullmatch(value) else quote_plus(value)


def server_url(name: str) -> str:
    """Return the URL of a server's page, relative to the site's root."""
    return url(f"{server_folder(name)}/")


def version_url(name: str, version: str) -> str:
    """Return the URL of a version's page, relative to the site's root."""
    return url(f"{version_folder(name, version)}/")


def namespace_folder(namespace: str) -> str:
    """Return the folder of a namespace's page."""
    return f"namespaces/{namespace}"


def namespace_url(namespace: str) -> str:
    """Return the URL of a namespace's page, relative to the site's root."""
    return url(f"{namespace_folder(namespace)}/")


def server_feed(name: str) -> str:
    """Return the file of a server's feed."""
    return f"feeds/servers/{name}.atom"


def namespace_feed(namespace: str) -> str:
    """Return the file of a namespace's feed."""
    return f"feeds/namespaces/{namespace}.atom"


def topic_folder(slug: str) -> str:
    """Return the folder of a topic's page."""
    return f"topics/{slug}"


def topic_feed(slug: str) -> str:
    """Return the file of a topic's feed."""
    return f"feeds/topics/{slug}.atom"


def collection_folder(slug: str) -> str:
    """Return the folder of a collection: its page, and the address of the registry that it is."""
    return f"collections/{slug}"


def collection_feed(slug: str) -> str:
    """Return the file of a collection's feed."""
    return f"feeds/collections/{slug}.atom"


def badge_file(name: str) -> str:
    """Return the file that shields.io reads for a server's badge."""
    return f"badges/{name}.json"


def button_file(client: str) -> str:
    """Return the picture of an install button for READMEs; its address stays, as READMEs keep it."""
    return f"buttons/{client}.svg"


def badge_markdown(name: str, base_url: str) -> str:
    """Return Markdown that shows a server's badge and leads to its page."""
    source = quote(f"{base_url}/{url(badge_file(name))}", safe="")
    return (
        f"[![MCP registry](https://img.shields.io/endpoint?url={source})]"
        f"({base_url}/{server_url(name)})"
    )


def search_folder(config: Config) -> str:
    """Return the folder of the search index."""
    return f"{extension(config)}/search"
