"""approvals.yaml: versions that a person looked at and let in, although the policy holds their like."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from builder.model.server_name import is_name


class VersionApproval(BaseModel):
    """One approval: of exactly this version, as long as exactly this runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(description="The server's name.", min_length=3)
    version: str = Field(description="The version's text.", min_length=1)
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="The hash of what runs, as `mcp-registry policy explain` prints it."
    )
    who: Annotated[str, Field(max_length=100)] = Field("", description="Who approved it.")
    because: Annotated[str, Field(max_length=500)] = Field("", description="Why.")


class ApprovalsFile(RootModel[tuple[VersionApproval, ...]]):
    """approvals.yaml as a whole: a list of approvals."""

    model_config = ConfigDict(frozen=True)

    def holds(self, name: str, version: str, fingerprint: str) -> bool:
        """Return whether a version is approved as it runs now."""
        return any(
            (approval.name, approval.version, approval.fingerprint) == (name, version, fingerprint)
            for approval in self.root
        )

    @property
    def servers(self) -> frozenset[str]:
        """The names of the servers that have an approval."""
        return frozenset(approval.name for approval in self.root if is_name(approval.name))


NO_APPROVALS = ApprovalsFile(())
