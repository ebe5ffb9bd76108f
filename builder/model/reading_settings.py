"""The part of registry.yaml about reading: whether a reader needs a login, and whose."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from builder.model.section import Section
from builder.model.secure_address import SecureAddress

_Text = Annotated[str, Field(min_length=1)]
_Scope = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")]


class RequiredClaim(Section):
    """A claim that a reader's token must have."""

    name: _Text = Field(description="The claim, such as `groups`.")
    value: str | bool | int = Field(
        description="Its value; of a claim that is a list one value must be it."
    )


class ReadingSettings(Section):
    """A login for reading: bearer tokens of one OpenID Connect issuer, checked by `serve` and by the edge worker."""

    issuer: SecureAddress = Field(
        description="The issuer's address, exactly as its tokens have it (iss)."
    )
    audience: _Text | None = Field(
        None,
        description="Whom tokens must be for (aud), such as a client id. `base_url` unless it is given.",
    )
    scopes: tuple[_Scope, ...] = Field(
        (), description="Scopes that a token must have (scope or scp), such as `mcp-registry:read`."
    )
    claims: tuple[RequiredClaim, ...] = Field((), description="Claims that a token must have.")
