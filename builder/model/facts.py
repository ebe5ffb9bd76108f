"""facts.yaml: dated facts of a server that explicit commands gathered, never a build.

`mcp-registry probe` and `prove` write the file, and the gate where it accepts a bundle. What a
server says of itself in it is hostile text, as entries are.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from builder.model.proof_facts import (
    MOST_PACKAGES,
    MOST_REQUESTS,
    MOST_RUNS,
    Day,
    ProofFacts,
    ProvenanceFacts,
    RequestFacts,
    RunFacts,
)

MOST_TOOLS, MOST_CHANGES, LONGEST = 200, 30, 1_000


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolFacts(_Strict):
    """A tool as its server described it."""

    name: Annotated[str, Field(max_length=200)] = Field(description="Its name.")
    title: Annotated[str, Field(max_length=200)] = Field("", description="Its title.")
    description: Annotated[str, Field(max_length=LONGEST)] = Field(
        "", description="What it says it does, cut after 1,000 characters."
    )
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of all that a model is told of it: name, title, whole description, schemas, annotations."
    )


class ToolChange(_Strict):
    """What was other about a tool than the time before."""

    day: Day = Field(description="The day on which it was noticed.")
    tool: Annotated[str, Field(max_length=200)] = Field(description="The tool's name.")
    change: Annotated[str, Field(pattern=r"^(new|gone|description|input)$")] = Field(
        description="`new`, `gone`, another `description`, or another `input`: schema, title or annotations."
    )
    before: Annotated[str, Field(max_length=LONGEST)] = Field(
        "", description="The description before, if that changed."
    )


class RemoteFacts(_Strict):
    """What a remote address answered."""

    asked: Day = Field(description="The day on which it was asked last.")
    answered: Day = Field("", description="The last day on which it spoke the protocol.")
    failing: Day = Field("", description="The first day since which it has not.")
    trouble: Annotated[str, Field(max_length=300)] = Field(
        "", description="Why it gave no list of tools when it was asked last."
    )
    name: Annotated[str, Field(max_length=200)] = Field("", description="What it calls itself.")
    version: Annotated[str, Field(max_length=100)] = Field("", description="Its own version.")
    protocols: tuple[Annotated[str, Field(max_length=40)], ...] = Field(
        (), max_length=20, description="Versions of the protocol that it speaks."
    )
    card: bool = Field(False, description="Whether a card stands at `<address>/server-card`.")
    tools: tuple[ToolFacts, ...] = Field(
        (), max_length=MOST_TOOLS, description="Its tools, at most 200."
    )
    changes: tuple[ToolChange, ...] = Field(
        (), max_length=MOST_CHANGES, description="What changed about its tools, newest first."
    )


class RepositoryFacts(_Strict):
    """What a forge says of the repository."""

    asked: Day = Field(description="The day on which the forge was asked.")
    source: Annotated[str, Field(max_length=200)] = Field(description="The address that was asked.")
    licence: Annotated[str, Field(max_length=100)] = Field("", description="Its SPDX identifier.")
    stars: Annotated[int, Field(ge=0)] = Field(0, description="How many accounts starred it.")
    archived: bool = Field(False, description="Whether it is archived: nothing changes any more.")
    pushed: Day = Field("", description="The day of the last commit.")


class IconFacts(_Strict):
    """The icon that was fetched for the server."""

    asked: Day = Field(description="The day on which it was fetched.")
    source: Annotated[str, Field(max_length=2_000)] = Field(description="Its address then.")
    file: Annotated[str, Field(pattern=r"^icons/[0-9a-f]{16}\.(svg|webp)$")] = Field(
        description="The file of this repository that it became, named by its content."
    )


class Facts(_Strict):
    """facts.yaml as a whole."""

    remotes: dict[str, RemoteFacts] = Field(
        default_factory=dict,
        description="What each remote address answered, by its URL.",
        json_schema_extra={"default": {}},
    )
    repository: RepositoryFacts | None = Field(None, description="What a forge says.")
    proof: ProofFacts | None = Field(
        None, description="Whether the proof of its namespace still holds."
    )
    runs: dict[str, RunFacts] = Field(
        default_factory=dict,
        max_length=MOST_RUNS,
        description="The run of CI that vouched for a version, by version; the newest 200.",
        json_schema_extra={"default": {}},
    )
    requests: dict[str, RequestFacts] = Field(
        default_factory=dict,
        max_length=MOST_REQUESTS,
        description="The request by which a version was accepted, by version; the newest 200.",
        json_schema_extra={"default": {}},
    )
    packages: dict[str, ProvenanceFacts] = Field(
        default_factory=dict,
        max_length=MOST_PACKAGES,
        description="What packages were built from, by `<type> <identifier> <version>`.",
        json_schema_extra={"default": {}},
    )
    icon: IconFacts | None = Field(None, description="Its icon, fetched by `probe --icons`.")

    @property
    def tools(self) -> tuple[ToolFacts, ...]:
        """The tools of all remotes, each name once."""
        by_name = {tool.name: tool for remote in self.remotes.values() for tool in remote.tools}
        return tuple(by_name.values())

    @property
    def answered(self) -> str:
        """The last day on which a remote answered, "" if none ever did."""
        return max((remote.answered for remote in self.remotes.values()), default="")

    def proof_block(self, version: str) -> dict[str, Any]:
        """Return what is known of the proofs of a version as the API shows it, empty if nothing is."""
        run, request = self.runs.get(version), self.requests.get(version)
        return {
            **(self.proof.model_dump(exclude_defaults=True) if self.proof else {}),
            **({"run": run.model_dump(exclude_defaults=True, by_alias=True)} if run else {}),
            **({"request": request.model_dump()} if request else {}),
            **(
                {
                    "packages": [
                        {"package": name, **provenance.model_dump(exclude_defaults=True)}
                        for name, provenance in self.packages.items()
                    ]
                }
                if self.packages
                else {}
            ),
        }

    def block(self) -> dict[str, Any]:
        """Return what was gathered as the API shows it, empty if nothing was: tools by name alone."""
        if not (self.remotes or self.repository or self.icon):
            return {}
        return {
            "remotes": [
                {
                    "url": url,
                    **remote.model_dump(exclude_defaults=True, exclude={"tools", "changes"}),
                    "tools": [tool.name for tool in remote.tools],
                }
                for url, remote in self.remotes.items()
            ],
            **({"repository": self.repository.model_dump()} if self.repository else {}),
            **({"icon": self.icon.model_dump()} if self.icon else {}),
        }
