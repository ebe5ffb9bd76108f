"""`policy.accounts` in registry.yaml: what accounts of a forge of one's own prove by their names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from builder.model.forges import FORGE_KINDS, PUBLIC, AccountNamespaces, ForgeName
from builder.model.section import Section


class AccountGrant(Section):
    """The namespaces that accounts of a forge of one's own prove by their names."""

    forge: ForgeName = Field(description="The kind of forge.")
    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?$")] = Field(
        description="The server, such as gitlab.example.com."
    )
    namespaces: Annotated[
        str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
    ] = Field(
        description="The account `alice` there proves the namespace of this name and `.alice`."
    )

    @model_validator(mode="after")
    def _of_nobody_else(self) -> AccountGrant:
        if self.host in {kind.host for kind in FORGE_KINDS.values()}:
            raise ValueError(f"accounts of {self.host} prove their namespaces without it")
        for row in PUBLIC:
            if f"{self.namespaces}.".startswith(f"{row.prefix}."):
                raise ValueError(
                    f"namespaces below {row.prefix} are proved by accounts of {row.host}"
                )
        return self

    @property
    def row(self) -> AccountNamespaces:
        """The same as a row of the table of accounts."""
        return AccountNamespaces(forge=self.forge, host=self.host, prefix=self.namespaces)
