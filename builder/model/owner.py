"""An owner in namespace.yaml: an account of a forge, by its number there."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from builder.model.forges import FORGE_KINDS, GITHUB

_NUMBER = re.compile(r"[1-9][0-9]{0,18}")


def _digits(value: object) -> object:
    # pydantic would read "583_231", "+583231" and "583231.0" too: three spellings of one account.
    # And `true` is no account 1.
    if isinstance(value, bool | float) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        raise ValueError("an id is a number written in digits alone, such as 583231")
    return value


NumericId = Annotated[int, Field(gt=0), BeforeValidator(_digits)]
"""The number of an account, a repository or a project at its forge."""


class AccountIdentity(NamedTuple):
    """What an account is: a server, and a number there; GitLab numbers groups apart from users."""

    host: str
    is_group: bool
    id: int


# Old accounts of GitHub have two hyphens in a row or one at the end; managed ones `_company`.
_GITHUB_LOGIN = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\[bot\])?$")]
_LOGIN = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$")]
# A group within a group has a path.
_GITLAB_LOGIN = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){0,20}$"),
]
_FOR_PEOPLE = "for people to read."


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Owner(BaseModel):
    """An account that may publish into a namespace: a number of one forge's server.

    The login stands under the name of the forge's kind, of which there is exactly one.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"oneOf": [{"required": [name]} for name in FORGE_KINDS]},
    )

    github: _GITHUB_LOGIN | None = Field(
        None, description=f"The login on GitHub, {_FOR_PEOPLE}", json_schema_extra=_without_default
    )
    gitlab: _GITLAB_LOGIN | None = Field(
        None,
        description=f"The user name on GitLab, or the path of a group, {_FOR_PEOPLE}",
        json_schema_extra=_without_default,
    )
    forgejo: _LOGIN | None = Field(
        None,
        description=f"The user name on Codeberg or another Forgejo or Gitea, {_FOR_PEOPLE}",
        json_schema_extra=_without_default,
    )
    git: _LOGIN | None = Field(
        None,
        description=f"The account on a server of git alone, {_FOR_PEOPLE}",
        json_schema_extra=_without_default,
    )
    id: NumericId = Field(
        description="The account's numeric id. It is what counts: logins are renamed and registered again."
    )
    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?$")] = Field(
        "",
        description="The server that the id is of: a number there is not the number here. Without it "
        "the public one: github.com, gitlab.com or codeberg.org.",
        json_schema_extra=_without_default,
    )
    group: bool = Field(
        False, description="A group of GitLab, whose groups are numbered apart from its users."
    )

    @model_validator(mode="before")
    @classmethod
    def _public_host(cls, value: object) -> object:
        if not isinstance(value, dict) or "host" in value:
            return value
        hosts = (FORGE_KINDS[name].host for name in FORGE_KINDS if value.get(name) is not None)
        host = next(hosts, "")
        return {**value, "host": host} if host else value

    @model_validator(mode="after")
    def _of_one_server(self) -> Owner:
        logins = [name for name in FORGE_KINDS if getattr(self, name) is not None]
        if len(logins) != 1:
            raise ValueError(f"an owner has one login: {', '.join(FORGE_KINDS)}")
        if not self.host:
            raise ValueError("an account of git alone needs its host")
        if self.group and self.gitlab is None:
            raise ValueError("only GitLab has groups")
        return self

    @property
    def forge(self) -> str:
        """The kind of forge that the account is of."""
        return next(name for name in FORGE_KINDS if getattr(self, name) is not None)

    @property
    def login(self) -> str:
        """The login."""
        return str(getattr(self, self.forge))

    @property
    def identity(self) -> AccountIdentity:
        """What makes it this account and no other."""
        return AccountIdentity(self.host, self.group, self.id)

    def __str__(self) -> str:
        return f"{self.login} ({self.id}{'' if self.host == GITHUB else f' on {self.host}'})"
