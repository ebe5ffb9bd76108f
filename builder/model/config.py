"""registry.yaml: what makes this registry this one. The only reader of it.

A fork edits registry.yaml and servers/; nothing else in the repository names the instance.
"""

from __future__ import annotations

import hashlib
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from builder.hosts.table import HOSTS, Tier, named
from builder.model import own_files, settings_file
from builder.model.api_settings import Api
from builder.model.brand_settings import Brand
from builder.model.builder_pin import Versions
from builder.model.export_settings import Exports
from builder.model.layout import CONFIG
from builder.model.own_files import OwnFiles
from builder.model.policy_settings import Policy
from builder.model.publish_settings import PublishSettings
from builder.model.reading_settings import ReadingSettings
from builder.model.section import NULL, Section, distinct
from builder.model.site_address import SiteAddress, WebAddress
from builder.model.upstream_settings import UpstreamSource

REVERSE_DNS = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"
LOG_KEY = r"^([^\s+]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44})?$"


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


Form = Literal["auto", "files", "packed"]


class SitePages(Section):
    """Which pages for people are written: what makes a large registry fit a small host."""

    full_versions: Annotated[int, Field(ge=1)] = Field(
        5,
        description="How many of a server's newest versions have a page. The latest one's is the "
        "server's own; the addresses of older ones lead to that.",
    )
    server_feeds: bool = Field(
        False, description="Also write a feed of versions for each server, below /feeds/servers/."
    )
    lean: bool = Field(
        False,
        description="Write a third of the bytes and half of the files: one page for each server, compressed in itself "
        "and put together by its script, and none for versions and namespaces, whose addresses the page for "
        "what is missing leads on from. No Markdown, badges, discovery documents and feeds of namespaces. "
        "Full shards of the change log are gzip, two in a file. Documents of the API, lists and proofs stay as they are.",
    )


class Config(Section):
    """registry.yaml as a whole."""

    title: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="What the registry is called."
    )
    description: Annotated[str, Field(max_length=300)] = Field(
        "A registry of Model Context Protocol servers.", description="One sentence under the title."
    )
    base_url: SiteAddress = Field(
        description="The address the site is served from, for feeds, sitemaps and install links. "
        "May have a path (https://example.github.io/registry)."
    )
    extension_namespace: Annotated[str, Field(pattern=REVERSE_DNS)] = Field(
        description="Your reverse-DNS name. Extensions of the API stand below /v0.1/x/<it>/."
    )
    repository: WebAddress = Field(
        "", description="The web address of the repository, for edit and report links."
    )
    branch: str = Field("main", description="The branch that is published.")
    builder: Versions = Field(
        "",
        description="The versions of mcp-registry that this registry is for, as `==0.1.*`; another one "
        "builds and checks nothing. Any unless it is given.",
    )
    log_key: Annotated[str, Field(pattern=LOG_KEY)] = Field(
        "",
        description="The public key with which `mcp-registry seal` signs the log, as it prints it. With it the site "
        "names the key and offers to prove each server, and nothing is sealed with another one. "
        "Without, no page offers a proof.",
    )
    documentation: bool = Field(True, description="Also publish the documentation, below /docs/.")
    api: Api = Field(Api(), description="Which copies of the API are written.")
    upstreams: tuple[UpstreamSource, ...] = Field(
        (),
        description="Where `mcp-registry mirror` brings servers in from, the most trusted first.",
    )
    policy: Policy = Field(Policy(), description="What this registry takes in, and how.")
    pages: SitePages = Field(SitePages(), description="Which pages for people are written.")
    publish: PublishSettings = Field(
        PublishSettings(),
        description="Who may publish at `serve --publish`, and how they show who they are.",
    )
    reading: Annotated[ReadingSettings | None, NULL] = Field(
        None,
        description="A login for reading, which `serve` and the edge worker check; null if everybody may read who "
        "reaches the address.",
    )
    exports: Exports = Field(
        Exports(), description="What the allow-lists and catalogues below /exports/ hold."
    )
    brand: Brand = Field(
        Brand(), description="The look of the site, as far as a registry has its own."
    )
    hosts: tuple[HostName, ...] = Field(
        ("github-pages",),
        validate_default=True,
        description="Hosts to write configuration for, and whose limits are kept.",
    )

    form: Form = Field(
        "auto",
        description="The form of the built site: `files`, a file for each address, which any host "
        "serves, or `packed`, the same in few packs, for hosts with a program in front. `auto`: "
        "packed if all of `hosts` take that.",
    )
    _own: OwnFiles = PrivateAttr(default=own_files.NONE)

    def __hash__(self) -> int:
        """Return a hash of what tells registries apart: of all settings it would cost every page."""
        return hash((self.base_url, self.extension_namespace))

    @property
    def own(self) -> OwnFiles:
        """The operator's own pages and logo, which are files beside registry.yaml."""
        return self._own

    def with_own(self, files: OwnFiles) -> Config:
        """Return the same settings with the operator's own files."""
        copy = self.model_copy()
        copy._own = files
        return copy

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Refuse hosts that would show everybody what is read with a login."""
        public = [host.title for host in named(value) if not (host.own_disk or host.runs_worker)]
        if info.data.get("reading") is not None and public:
            raise ValueError(
                f"{public[0]} checks no login: with `reading` name hosts of your own (as nginx) "
                "or that run the edge worker (cloudflare)"
            )
        return value

    @field_validator("upstreams")
    @classmethod
    def _upstreams(cls, value: tuple[UpstreamSource, ...]) -> tuple[UpstreamSource, ...]:
        distinct(value, "upstreams", "name", "url")
        return value

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
    def is_packed(self) -> bool:
        """Whether the site is built in its packed form."""
        if self.form != "auto":
            return self.form == "packed"
        return bool(self.hosts) and all(host.serves_packs for host in named(self.hosts))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all settings and own files: what a cached result depends on."""
        return hashlib.sha256(f"{self.model_dump_json()}{self._own.digest}".encode()).hexdigest()


@lru_cache(maxsize=8)
def parse(data: bytes) -> Config:
    """Read registry.yaml; ConfigError names every wrong key with its line.

    The same file once more is not read again: a gate that stays is asked with every change.
    """
    return settings_file.read(Config, data, CONFIG)
