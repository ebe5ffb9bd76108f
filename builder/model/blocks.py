"""blocks.yaml: what this registry neither publishes nor brings in, and why."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, model_validator

MAX_BYTES = 4 * 1024 * 1024
"""Bytes of the largest blocks.yaml: some 20,000 blocks."""
BlockReason = Literal["withdrawn", "malware", "legal", "owner-request", "policy"]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _name(value: str) -> str:
    if value and "/" not in value and not {"*", "?", "["} & set(value):
        raise ValueError(f"{value!r} fits no server: names have the form namespace/name")
    return value


def _date(value: str) -> str:
    if not value:
        return value
    try:
        return date.fromisoformat(value).isoformat() if _DATE.fullmatch(value) else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: str) -> str:
    raise ValueError(f"{value!r} is not a date, such as 2027-01-31")


class Block(BaseModel):
    """One block. What fits every key that it has is blocked."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, AfterValidator(_name)] = Field(
        "", description="The server's name: a pattern, `*` matches across slashes; case is ignored."
    )
    version: str = Field("", description="The version's text: a pattern.")
    package: str = Field(
        "", description="A package's identifier, with or without its type: a pattern."
    )
    publisher: str = Field(
        "",
        description="The login after which a namespace is named, as `io.github`, `io.gitlab`, `page.codeberg` "
        "and those of `policy.accounts` are; in a pull request also the login or numeric id of who proposes "
        "it, or owns the namespace.",
    )
    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = Field(
        "", description="The hash of what runs, as `mcp-registry policy explain` prints it."
    )
    reason: BlockReason = Field(description="Why, in a word that clients can read.")
    message: Annotated[str, Field(max_length=300)] = Field(
        "", description="Why, in words that readers of the registry see."
    )
    who: Annotated[str, Field(max_length=100)] = Field("", description="Who decided it.")
    until: Annotated[
        str, AfterValidator(_date), Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    ] = Field("", description="The last day of the block (UTC), measured in commit time.")

    @model_validator(mode="after")
    def _about_something(self) -> Block:
        if not (self.name or self.package or self.publisher or self.fingerprint):
            raise ValueError("a block has a name, a package, a publisher or a fingerprint")
        return self


class BlocksFile(RootModel[tuple[Block, ...]]):
    """blocks.yaml as a whole: a list of blocks."""

    model_config = ConfigDict(frozen=True)
