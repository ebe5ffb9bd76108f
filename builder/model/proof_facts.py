"""Dated facts about proofs in facts.yaml: do owners still hold, which run published, what packages were built from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Day = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
MOST_RUNS, MOST_PACKAGES, MOST_REQUESTS = 200, 50, 200
_Text = Annotated[str, Field(max_length=500)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ProofFacts(_Strict):
    """Whether the proof of the server's namespace still holds."""

    proved: Day = Field("", description="The last day on which it was seen to hold.")
    failing: Day = Field("", description="The first day since which it does not.")
    trouble: Annotated[str, Field(max_length=300)] = Field("", description="Why it does not.")


class RequestFacts(_Strict):
    """The pull or merge request by which a version that came by the API was accepted."""

    opened: Day = Field(description="The day on which it was opened.")
    address: Annotated[str, Field(max_length=500, pattern=r"^https?://")] = Field(
        description="Its address."
    )


class RunFacts(_Strict):
    """The run of CI that vouched for a version when it was accepted: by a Sigstore bundle, or by its login."""

    signed: Day = Field(
        description="The day on which the run signed the entry, or brought it by the API."
    )
    host: _Text = Field(description="The forge's server.")
    repository: _Text = Field(description="The repository, for people to read.")
    repository_id: Annotated[int, Field(gt=0, alias="repository-id")] = Field(
        description="Its number."
    )
    owner_id: Annotated[int, Field(gt=0, alias="owner-id")] = Field(
        description="The number of its owner, or of its group."
    )
    workflow: _Text = Field(description="The file that says what the run does.")
    ref: _Text = Field(description="The branch or tag that it ran for.")
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")] = Field(
        description="The commit that it ran for."
    )
    event: _Text = Field(description="What started it.")
    environment: _Text = Field("", description="Its environment, if it named one.")
    log_index: Annotated[int | None, Field(ge=0, alias="log-index")] = Field(
        None, description="Its entry in Sigstore's public log, if it signed."
    )


class ProvenanceFacts(_Strict):
    """What a package registry attests of a package, verified."""

    asked: Day = Field(description="The day on which it was verified.")
    repository: _Text = Field(description="The address of the repository that it was built from.")
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")] = Field(
        description="The commit that it was built from."
    )
    workflow: _Text = Field("", description="The file that says what the run did.")
