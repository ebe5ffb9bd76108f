"""The part of registry.yaml about the API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from builder.model.section import Section

SearchedParts = Literal["name", "name-or-description"]
"""What `search` of the list looks in."""


class Api(Section):
    """Which copies of the API are written."""

    v0: bool = Field(True, description="Also serve everything below /v0/ for older clients.")
    updated_since_overlap_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = Field(
        120,
        description="How far `updated_since` reaches back, where the host answers queries, unless it is "
        "the time of a change: longer than from a commit to its deploy. 0: as the official API.",
    )
    search: SearchedParts = Field(
        "name",
        description="What `search` of the list looks in, where the host answers queries: `name`, as the official API, "
        "or `name-or-description`, as its next version is announced to.",
    )
    without_redirects: bool = Field(
        False,
        description="On GitHub Pages, also write each document of the API as a page, `servers.html` beside "
        "`servers/`: asked for `/v0.1/servers` it then sends that at once, where it redirects to the folder "
        "otherwise. For clients that follow no redirect. The answers have the type text/html, so "
        "clients that ask for JSON (ToolHive) fail; the API's files double.",
    )
