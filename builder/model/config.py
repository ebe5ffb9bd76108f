"""registry.yaml: what makes this registry this one. The only reader of it.

A fork edits registry.yaml and servers/; nothing else in the repository names the instance.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from builder.hosts.table import HOSTS, Tier, named
from builder.model import strict_yaml
from builder.model.errors import ConfigError
from builder.model.layout import CONFIG
from builder.model.package_types import PACKAGE_TYPES
from builder.model.publish_settings import PublishSettings
from builder.model.section import Section
from builder.model.validation_words import describe

REVERSE_DNS = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"


def _known_host(name: str) -> str:
    if name not in HOSTS:
        like = get_close_matches(name, HOSTS, n=1)
        hint = f"; did you mean {like[0]!r}?" if like else ""
        raise PydanticCustomError(
            "host",
            "{name} is not one of {hosts}{hint}",
            {"name": repr(name), "hosts": ", ".join(HOSTS), "hint": hint},
        )
    return name


HostName = Annotated[
    str, AfterValidator(_known_host), WithJsonSchema({"type": "string", "enum": list(HOSTS)})
]


Association = Literal["owner", "member", "collaborator"]
TRANSPORTS = ("stdio", "streamable-http", "sse")
# Also letters beyond ASCII: hosts and paths may have them.
_PLAIN = re.compile(r"""[^\s<>"'`{}|\\^\x00-\x1f]+""")


class Api(Section):
    """Which copies of the API are written."""

    v0: bool = Field(True, description="Also serve everything below /v0/ for older clients.")
    updated_since_overlap_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = Field(
        120,
        description="How far `updated_since` reaches back, where the host answers queries, unless it is "
        "the time of a change: longer than from a commit to its deploy. 0: as the official API.",
    )


class MirrorLimits(Section):
    """The most that one run of `mirror` may cost, whatever upstream sends."""

    pages: Annotated[int, Field(ge=1)] = Field(20_000, description="Pages of at most 100 entries.")
    page_megabytes: Annotated[int, Field(ge=1)] = Field(
        32, description="Size of one page, decompressed."
    )
    minutes: Annotated[int, Field(ge=1)] = Field(
        50, description="Time for the pages. The next run goes on from where this one stopped."
    )
    dump_megabytes: Annotated[int, Field(ge=1)] = Field(
        1024, description="Size of a saved dump, decompressed."
    )


class MirrorPolicy(Section):
    """What `mcp-registry mirror` takes from upstream. An entry must pass every line."""

    include: tuple[str, ...] = Field(
        ("*",), description="Server names to take: shell patterns, `*` matches across slashes."
    )
    exclude: tuple[str, ...] = Field(
        (), description="Server names to leave out; wins over include."
    )
    package_types: tuple[str, ...] = Field(
        (),
        description="If given, an entry may only use these package types (npm, pypi, oci, ...). "
        "An entry without packages passes: `transports` is about its remotes.",
    )
    transports: tuple[str, ...] = Field(
        (),
        description="If given, an entry may only use these transports (stdio, streamable-http, sse), "
        "in packages and in remotes.",
    )
    statuses: tuple[Literal["active", "deprecated", "deleted"], ...] = Field(
        ("active", "deprecated", "deleted"),
        description="Statuses to take in. What was taken in follows upstream.",
    )
    limits: MirrorLimits = Field(
        MirrorLimits(), description="The most that one run may cost, whatever upstream sends."
    )

    @field_validator("include", "exclude")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A pattern that no name fits would leave everything in, or out, without a word."""
        for pattern in value:
            if not pattern or (not {"*", "?", "["} & set(pattern) and "/" not in pattern):
                raise ValueError(f"{pattern!r} fits no server: names have the form namespace/name")
        return value

    @field_validator("package_types")
    @classmethod
    def _package_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _known(value, PACKAGE_TYPES)

    @field_validator("transports")
    @classmethod
    def _transports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _known(value, TRANSPORTS)


class Policy(Section):
    """What this registry takes in, and how."""

    mirror: MirrorPolicy = Field(
        MirrorPolicy(), description="What `mcp-registry mirror` takes from upstream."
    )
    repository_hosts: tuple[str, ...] = Field(
        (),
        description="Hosts of your own at which the repositories of entries may be, such as gitlab.example.com.",
    )
    package_registries: tuple[str, ...] = Field(
        (),
        description="Hosts of your own from which packages and images may come, such as npm.example.com.",
    )
    new_namespace_hours: Annotated[int, Field(ge=0, le=24 * 30)] = Field(
        0, description="Hours a first publication into a new namespace waits before it may merge."
    )
    may_resume: tuple[Association | Annotated[int, Field(gt=0)], ...] = Field(
        ("owner", "member", "collaborator"),
        description="Who lifts a `/stop` with `/resume`: what GitHub calls an account's association "
        "with the repository, or numeric ids of accounts.",
    )


class Config(Section):
    """registry.yaml as a whole."""

    title: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="What the registry is called."
    )
    description: Annotated[str, Field(max_length=300)] = Field(
        "A registry of Model Context Protocol servers.", description="One sentence under the title."
    )
    base_url: str = Field(
        description="The address the site is served from, for feeds, sitemaps and install links. "
        "May have a path (https://example.github.io/registry)."
    )
    extension_namespace: Annotated[str, Field(pattern=REVERSE_DNS)] = Field(
        description="Your reverse-DNS name. Extensions of the API stand below /v0.1/x/<it>/."
    )
    repository: str = Field(
        "", description="The web address of the repository, for edit and report links."
    )
    branch: str = Field("main", description="The branch that is published.")
    documentation: bool = Field(True, description="Also publish the documentation, below /docs/.")
    api: Api = Field(Api(), description="Which copies of the API are written.")
    policy: Policy = Field(Policy(), description="What this registry takes in, and how.")
    publish: PublishSettings = Field(
        PublishSettings(),
        description="Who may publish at `serve --publish`, and how they show who they are.",
    )
    hosts: tuple[HostName, ...] = Field(
        ("github-pages",),
        description="Hosts to write configuration for, and whose limits are kept.",
    )

    @field_validator("base_url", "repository")
    @classmethod
    def _web_address(cls, value: str) -> str:
        """Refuse what would end up in every page's links: a query, credentials, markup."""
        if not value:
            return value
        TypeAdapter(HttpUrl).validate_python(value)
        parts = urlsplit(value)
        if parts.query or parts.fragment or "?" in value or "#" in value:
            raise ValueError("the address may not have a query or a fragment")
        if "@" in parts.netloc:
            raise ValueError("the address may not hold a user name or a password")
        if not _PLAIN.fullmatch(value):
            raise ValueError(
                "the address may not have spaces, quotes or markup (write them as %20)"
            )
        return value.rstrip("/")

    @property
    def needs_v0_files(self) -> bool:
        """Whether /v0 must be written as copies: some named host cannot rewrite it to /v0.1."""
        return self.api.v0 and not all(host.rewrites_v0 for host in named(self.hosts))

    @property
    def needs_whole_list(self) -> bool:
        """Whether `/v0.1/servers` must be one document: some named host cannot do without.

        At 25,000 servers it is larger than the 25 MiB that Cloudflare takes.
        """
        return any(host.tier is not Tier.EDGE for host in named(self.hosts))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all settings: what a cached result depends on."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def _known(values: tuple[str, ...], known: Iterable[str]) -> tuple[str, ...]:
    names = sorted(known)
    for value in values:
        if value not in names:
            raise ValueError(f"{value!r} is not one of {', '.join(names)}")
    return values


def parse(data: bytes) -> Config:
    """Read registry.yaml; ConfigError names every wrong key with its line."""
    try:
        return Config.model_validate(strict_yaml.parse(data))
    except strict_yaml.YamlError as error:
        place = f":{error.line}" if error.line else ""
        raise ConfigError(f"{CONFIG}{place}: {error}") from error
    except ValidationError as error:
        problems = [
            _problem(data, problem["loc"], describe(problem, Config)) for problem in error.errors()
        ]
        raise ConfigError("\n  ".join([f"{CONFIG} is wrong:", *problems])) from error


def _problem(data: bytes, path: tuple[str | int, ...], message: str) -> str:
    where = strict_yaml.locate(data, path)
    key = ".".join(map(str, path))
    return f"{CONFIG}:{where[0] if where else 1}: {key}: {message}"
