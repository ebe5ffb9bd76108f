"""Forges as every command that asks one takes them: --forge KIND, KIND=URL or KIND@HOST=URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click

from builder.model.forges import FORGE_KINDS, ForgeKind, ForgeName

_FORM = re.compile(r"(?P<kind>[a-z]+)(?:@(?P<host>[^=/]+))?(?:=(?P<api>https?://[^\s]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedForge:
    """A forge as an option names it: its kind, the host of its pages, and its API's address.

    Host and address are "" where only the kind is given.
    """

    kind: ForgeName
    host: str = ""
    api: str = ""


class ForgeType(click.ParamType[NamedForge]):
    """The type of the option --forge; with `needs_address` the kind alone is not enough."""

    name = "forge"

    def __init__(self, *, needs_address: bool = False) -> None:
        self.needs_address = needs_address

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002
        """Return what the help shows."""
        return "KIND=URL" if self.needs_address else "KIND[=URL]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> NamedForge:
        """Read the option: `gitlab=https://git.example.com/api/v4` is the GitLab at git.example.com."""
        match = _FORM.fullmatch(value)
        kind = known_kinds().get(match["kind"]) if match else None
        if match is None or kind is None or (self.needs_address and not match["api"]):
            example = f"gitlab=https://git.example.com{FORGE_KINDS['gitlab'].api_path}"
            self.fail(
                f"{value!r} is no forge: write {example}; kinds: {', '.join(known_kinds())}",
                param,
                ctx,
            )
        api = (match["api"] or "").rstrip("/")
        host = match["host"] or (urlsplit(api).hostname or "").removeprefix("api.")
        return NamedForge(kind=kind.name, host=host, api=api)


def known_kinds() -> dict[str, ForgeKind]:
    """Return the kinds of forge that have an API, by name."""
    return {name: kind for name, kind in FORGE_KINDS.items() if kind.api_path}
