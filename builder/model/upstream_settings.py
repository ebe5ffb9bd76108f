"""`upstreams` in registry.yaml: where servers come in from, in the order in which they count."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, HttpUrl, TypeAdapter, ValidationError, field_validator, model_validator

from builder.model.policy_rule import Rules
from builder.model.section import Section

UpstreamKind = Literal["registry", "static", "dump", "toolhive", "docker"]
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_NAMESPACE = r"^([a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9])?$"


class UpstreamSource(Section):
    """One upstream. Of a name that two upstreams have the one that is listed first counts."""

    name: Annotated[str, Field(pattern=_SLUG)] = Field(
        description="What it is called in reports and on the command line."
    )
    url: str = Field(
        description="Its address: that of a registry, or of the file. Servers are recorded as from there."
    )
    kind: UpstreamKind = Field(
        "registry",
        description="registry (the official API), static (a registry made with this builder, followed by "
        "its change log), dump (a saved list), toolhive or docker (a catalogue file).",
    )
    file: str = Field(
        "",
        description="For dump, toolhive and docker: the file in this repository to read, instead of "
        "fetching `url`.",
    )
    namespace: Annotated[str, Field(pattern=_NAMESPACE)] = Field(
        "",
        description="For toolhive and docker, whose names are short: the namespace to put them in.",
    )
    trust_root: str = Field(
        "",
        description="For static: the file in this repository with that registry's root of trust "
        "(a `root.json`). Without it the first one that the registry gives is trusted.",
    )
    namespaces: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (),
        description="Namespaces that come from this upstream alone: patterns. No other brings anything "
        "into them.",
    )
    rules: Rules = Field(
        (),
        description="Lines of the rule language for this upstream, asked before `policy.mirror`.",
    )

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        # It is published with every server from there.
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise ValueError("the address may not hold a user name or a password")
        try:
            TypeAdapter(HttpUrl).validate_python(value)
        except ValidationError as error:
            raise ValueError(f"{value!r} is not a web address") from error
        return value.rstrip("/")

    @field_validator("file", "trust_root")
    @classmethod
    def _inside(cls, value: str) -> str:
        if value.startswith(("/", "~")) or ".." in value.split("/"):
            raise ValueError(f"{value!r} is not a path inside this repository")
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> UpstreamSource:
        catalogue = self.kind in ("toolhive", "docker")
        if catalogue and not self.namespace:
            raise ValueError(f"a {self.kind} catalogue has short names: namespace is missing")
        if self.file and self.kind in ("registry", "static"):
            raise ValueError(
                f"a {self.kind} upstream is read from its address: file has no meaning"
            )
        if {"?", "#"} & {*self.url} and self.kind in ("registry", "static"):
            raise ValueError(f"the address of a {self.kind} upstream has no query and no fragment")
        if self.trust_root and self.kind != "static":
            raise ValueError(f"a {self.kind} upstream has no root of trust: only static ones do")
        if self.namespace and not catalogue:
            raise ValueError(f"a {self.kind} upstream has whole names: namespace has no meaning")
        return self


OFFICIAL_UPSTREAM = UpstreamSource(name="official", url="https://registry.modelcontextprotocol.io")
