"""The ownership token that PyPI, NuGet and Cargo packages carry in their description.

Contract, section 4: `mcp-name: <server name>`, and the name must end there.
"""

from __future__ import annotations

import re


def mcp_name_token(content: str, name: str) -> bool:
    """Return whether a package's description declares that it belongs to the server `name`.

    The name must not be the beginning of a longer one; `-->` and `--!>` (the end of an HTML
    comment, in which most publishers hide the token) end it too.
    """
    token = re.escape(f"mcp-name: {name}")
    return re.search(rf"{token}(?:(?![A-Za-z0-9._/-])|(?=--!?>))", content) is not None
