"""One-click links. Encoding rules and vectors: the clients' own documentation, see clients.py.

In a template `{name}`, `{config}` (compact JSON without the name), `{base64}` (the same in base64)
and `{named}` (compact JSON with the name and the prompts) are percent-encoded as JavaScript's
encodeURIComponent does it; `{inputs}` is `&inputs=` with the prompts, or nothing; `{servers}` is
the whole block of `mcpServers` in base64.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import quote

from builder.install.entry import ClientEntry, compact
from builder.install.plan import HTTP, Local
from builder.install.shape import Link
from builder.install.web import address

# https://github.com/block/goose ui/desktop/.../extensions/deeplink.ts
GOOSE_COMMANDS = ("cu", "docker", "jbang", "npx", "uvx", "goosed", "npx.cmd")
_GOOSE_SECONDS = "300"

LONGEST = 2046
"""Characters of a link. On Windows, Chromium hands no longer one to another program, and says
nothing: 2,048 with its quotes (chrome/browser/platform_util_win.cc)."""

_UNRESERVED = "!~*'()"
_ESCAPES = {sign: quote(sign, safe="") for sign in '% "#$&+,/:;<=>?@[\\]^`{|}'}
"""The printable signs of ASCII that are escaped. `%`, which stands in all escapes, is the first."""
_FIELD = re.compile(r"\{(\w+)\}")

MakeLink = Callable[[ClientEntry], Link | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkForm:
    """A link as a template. `decoded_twice`: the client decodes the query twice, so a literal `%`
    would be changed on the way, and there is no link then (VS Code)."""

    label: str
    template: str
    decoded_twice: bool = False

    def __call__(self, entry: ClientEntry) -> Link | None:
        """Fill in the template, or give None if the client would misread it."""
        href = "".join(
            _FIELDS[part](entry) if number % 2 else part
            for number, part in enumerate(_parts(self.template))
        )
        if self.decoded_twice and encode("%") in href:
            return None
        return Link(href=href, label=self.label)


def goose(entry: ClientEntry) -> Link | None:
    """Goose's link; it drops the values of variables and asks for them.

    What it calls `name` is what it keeps an extension by: with a title, a server would take the place of
    another with the same one, or of Goose's own Developer.
    """
    plan = entry.plan
    if isinstance(plan, Local):
        args = entry.shown.words
        if plan.command not in GOOSE_COMMANDS or (plan.command == "npx" and "-c" in args):
            return None
        about = [("env", f"{item.name}={_goose_text(item.name)}") for item in plan.env]
        query = [("cmd", plan.command), *(("arg", arg) for arg in args), *about]
    else:
        headers = entry.shown.settings
        if any("=" in value for value in headers.values()):
            return None  # Goose cuts a header's value at its second equals sign.
        kind = [("type", "streamable_http")] if plan.transport == HTTP else []
        query = [("url", entry.shown.words[0]), *kind]
        query += [("header", f"{name}={value}") for name, value in headers.items()]
    query += [("timeout", _GOOSE_SECONDS), ("id", entry.key), ("name", entry.key)]
    query.append(("description", entry.description))
    parts = "&".join(f"{key}={encode(value)}" for key, value in query)
    return Link(href=f"goose://extension?{parts}", label="Add to Goose")


def claude_connector(entry: ClientEntry) -> Link | None:
    """Return the dialog for a custom connector, for public remotes without headers."""
    plan = entry.plan
    if isinstance(plan, Local) or plan.headers:
        return None
    url = entry.shown.words[0]
    if address(url, "https") is None:
        return None
    href = (
        "https://claude.ai/customize/connectors?modal=add-custom-connector"
        f"&connectorName={encode(entry.title)}&connectorUrl={encode(url)}"
    )
    return Link(href=href, label="Add to Claude")


@cache
def _parts(template: str) -> list[str]:
    """Cut a template: text and names of fields by turns."""
    return _FIELD.split(template)


@lru_cache(maxsize=16)  # a client's links, and those of like clients, carry the same texts
def encode(value: str) -> str:
    """Percent-encode as JavaScript's encodeURIComponent does."""
    if not (value.isascii() and value.isprintable()):
        return quote(value, safe=_UNRESERVED)
    # Sign by sign: somewhat faster than quote() or str.translate for the long JSON of a link.
    for sign, escape in _ESCAPES.items():
        value = value.replace(sign, escape)
    return value


def _inputs(entry: ClientEntry) -> str:
    return f"&inputs={encode(compact(entry.prompts))}" if entry.prompts else ""


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _goose_text(name: str) -> str:
    return name.replace("_", " ").strip() or name


_FIELDS: Mapping[str, Callable[[ClientEntry], str]] = {
    "name": lambda entry: encode(entry.key),
    "config": lambda entry: encode(entry.config_json),
    "base64": lambda entry: encode(_base64(entry.config_json)),
    "named": lambda entry: encode(entry.named_json),
    "servers": lambda entry: encode(_base64(compact({"mcpServers": {entry.key: entry.config}}))),
    "inputs": _inputs,
}
