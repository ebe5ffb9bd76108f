"""Overlays: what the registry itself says of a server, in overlay.yaml and in overlays/*.yaml.

The publisher's document is never touched. An overlay stands beside it: in the outer `_meta` under
`<extension namespace>/overlay`, and on pages as the registry's own word. Several can apply to one
server: `merged` says which value counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from builder.model.server_name import is_name

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ALL_VERSIONS = "*"
_WILDCARDS = frozenset("*?[")


def web_link(value: str) -> str:
    """Return an https address that hides nothing, or raise ValueError."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{value!r} is not an address that begins with https://")
    if re.search(r"[\s<>\"'`{}|\\^\x00-\x1f]", value):
        raise ValueError("the address may not have spaces, quotes or markup (write them as %20)")
    return value


def _contact(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value):
        return value
    return web_link(value)


def _server_name(value: str) -> str:
    if not is_name(value):
        raise ValueError(f"{value!r} is not a server's name, which has the form namespace/name")
    return value


def server_pattern(value: str) -> str:
    """Return a pattern of servers' names, or raise ValueError if no name can fit it."""
    if not value or ("/" not in value and not _WILDCARDS.intersection(value)):
        raise ValueError(f"{value!r} fits no server: names have the form namespace/name")
    return value


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is not a day such as 2026-01-31") from None


WebLink = Annotated[str, Field(max_length=2000), AfterValidator(web_link)]
Slug = Annotated[str, Field(pattern=SLUG, max_length=40)]
ServerPattern = Annotated[str, AfterValidator(server_pattern)]
ServerName = Annotated[str, AfterValidator(_server_name)]
Line = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True
    )


class Approval(_Strict):
    """Who in this registry approved a server, when, and which of its versions."""

    by: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="The person or team that approved it."
    )
    at: Annotated[str, AfterValidator(_day)] = Field(description="The day, such as 2026-01-31.")
    versions: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (ALL_VERSIONS,),
        min_length=1,
        description="The versions approved: texts or shell patterns such as `1.*`; `*` stands for every version.",
    )

    def covers(self, version: str) -> bool:
        """Return whether this version is among those approved."""
        return any(fnmatchcase(version, pattern) for pattern in self.versions)


class KnownAdvisory(_Strict):
    """An advisory about a package of some versions, as `mcp-registry advisories` writes it."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")] = Field(
        description="Its id, such as GHSA-… or MAL-…."
    )
    package: Line = Field("", description="The package and its version that it is about.")
    summary: Line = Field("", description="What it says, in a sentence.")
    versions: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (ALL_VERSIONS,),
        min_length=1,
        description="The versions of the server that have the package.",
    )

    def covers(self, version: str) -> bool:
        """Return whether it is about this version."""
        return ALL_VERSIONS in self.versions or version in self.versions


class Overlay(_Strict):
    """overlay.yaml: what the registry says of a server, beside the publisher's own words."""

    title: Line = Field("", description="What this registry calls the server.")
    summary: Line = Field("", description="One sentence on what it is good for.")
    categories: tuple[Slug, ...] = Field(
        (), description="Topics that it belongs to, this registry's own or those of its table."
    )
    tags: tuple[Slug, ...] = Field((), description="Words to filter by.")
    notes: Annotated[str, Field(max_length=8000)] = Field(
        "", description="Advice for its users, in Markdown. HTML in it is shown as text."
    )
    verified: bool | None = Field(None, description="The registry has verified who publishes it.")
    recommended: bool | None = Field(None, description="The registry recommends it.")
    approved: Approval | None = Field(None, description="Which versions are approved, and by whom.")
    contact: Annotated[str, AfterValidator(_contact)] | None = Field(
        None, description="Whom to ask about it here: an e-mail address or a web address."
    )
    documentation: WebLink | None = Field(None, description="The registry's own page on its use.")
    icon: WebLink | None = Field(
        None,
        description="The address of an icon, for clients; `probe --icons` fetches it for the pages, as the site loads nothing from elsewhere.",
    )
    replaced_by: ServerName | None = Field(
        None, alias="replaced-by", description="The server to use instead."
    )
    advisories: tuple[KnownAdvisory, ...] = Field(
        (),
        description="Advisories about its packages: `mcp-registry advisories --write` gathers them.",
    )
    clients: dict[Slug, Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default_factory=dict,
        description="A hint for the users of a client, by the client's id.",
        json_schema_extra={"default": {}},
    )
    data: dict[str, Any] = Field(
        default_factory=dict,
        description="Anything else, for programs of your own. All scalars are texts.",
        json_schema_extra={"default": {}},
    )

    def block(self, version: str) -> dict[str, Any]:
        """Return the overlay as the API shows it with a version, without what it does not say.

        `approved` is false with a version that is not among those approved.
        """
        shown = self.model_dump(
            mode="json", exclude_defaults=True, exclude={"approved", "advisories"}
        )
        about = [advisory for advisory in self.advisories if advisory.covers(version)]
        if about:
            shown["advisories"] = [
                advisory.model_dump(exclude_defaults=True, exclude={"versions"})
                for advisory in about
            ]
        if "replaced_by" in shown:
            shown["replacedBy"] = shown.pop("replaced_by")
        if self.approved:
            covered = {"by": self.approved.by, "at": self.approved.at}
            shown["approved"] = covered if self.approved.covers(version) else False
        return shown


class PatternOverlay(Overlay):
    """overlays/*.yaml: an overlay of every server whose name fits one of some patterns."""

    servers: tuple[ServerPattern, ...] = Field(
        description="Names of servers, or shell patterns of them: `*` matches across slashes."
    )

    @model_validator(mode="after")
    def _some_pattern(self) -> PatternOverlay:
        if not self.servers:
            raise ValueError("an overlay by pattern needs at least one pattern in `servers`")
        return self


def merged(overlays: Iterable[Overlay]) -> Overlay | None:
    """Return one overlay for several, the more particular ones last; None for none.

    A later value counts instead of an earlier one. Categories and tags add up; `clients` and `data`
    do so key by key.
    """
    fields: dict[str, Any] = {}
    for overlay in overlays:
        for name in overlay.model_fields_set - {"servers"}:
            value = getattr(overlay, name)
            if isinstance(value, tuple):
                value = tuple(dict.fromkeys((*fields.get(name, ()), *value)))
            elif isinstance(value, dict):
                value = {**fields.get(name, {}), **value}
            fields[name] = value
    return Overlay.model_construct(_fields_set=set(fields), **fields) if fields else None
