"""The table of clients as a script: site/assets/install/clients.js, from the records of builder/install."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from builder.install import CLIENTS, Client, bundle, by_cmd, link, recipe
from builder.install.command import CommandForm, MakeWords
from builder.install.entry import Dialect
from builder.install.file import OWN_KEYS, FileForm
from builder.install.link import LinkForm, MakeLink

NAME = "install/clients.js"
_TEXT = """\
/** Made by `make reference` from builder/install: the clients of an install panel, and what is said to all. */

export const CLIENTS = {clients};

export const TEXTS = {texts};

/** Keys of files in YAML that need no quotes. */
export const OWN_KEYS = {keys};

export const LONGEST_LINK = {longest};
export const SCRIPTS = {scripts};
export const GOOSE_COMMANDS = {goose};
"""


def script() -> str:
    """Return the text of the file."""
    values = {
        "texts": {
            "needed": recipe.NEEDED,
            "tooLong": recipe.TOO_LONG,
            "wrapped": by_cmd.WRAPPED,
            "unsafe": by_cmd.UNSAFE,
            "noTransport": recipe.NO_SSE,
            "noHeaders": recipe.NO_HEADERS,
            "publicOnly": recipe.PUBLIC_ONLY,
            "bundles": bundle.BUNDLES,
            "opener": bundle.OPENER,
            "openIt": bundle.OPEN_IT,
            "download": bundle.DOWNLOAD,
        },
        "keys": sorted(OWN_KEYS),
        "longest": link.LONGEST,
        "scripts": list(by_cmd.SCRIPTS),
        "goose": list(link.GOOSE_COMMANDS),
    }
    rows = ",\n".join(json.dumps(_client(client)) for client in CLIENTS)
    written = {name: json.dumps(value) for name, value in values.items()}
    return _TEXT.format(clients=f"[\n{rows},\n]", **written)


def _client(client: Client) -> dict[str, Any]:
    fields = {
        "dialect": _dialect(client.dialect),
        "links": list(map(_link, client.links)),
        "command": _command(client.command) if client.command else None,
        "file": _file(client.file) if client.file else None,
        "places": [[place.system, place.path] for place in client.places],
        "wraps": client.wraps,
        "notes": dict(client.notes),
    }
    return {"id": client.id, "title": client.title, **fields}


def _dialect(dialect: Dialect) -> dict[str, Any]:
    return {
        "types": dict(dialect.types),
        "urls": dict(dialect.urls),
        "secret": dialect.secret.format(name="{name}"),
        "prompts": dialect.reading.name == "PROMPTED",
        "fullName": dialect.full_name,
        "allHeaders": dialect.all_headers,
        "extra": dict(dialect.extra),
        "joined": dialect.joined,
        "env": dialect.env,
    }


def _link(form: MakeLink) -> dict[str, Any]:
    if isinstance(form, LinkForm):
        return {"label": form.label, "template": form.template, "twice": form.decoded_twice}
    return {"by": _named(form)}


def _command(form: MakeWords) -> dict[str, str]:
    if isinstance(form, CommandForm):
        return {"local": form.local, "remote": form.remote}
    return {"by": _named(form)}


def _file(form: FileForm) -> dict[str, str]:
    if isinstance(form.write, partial):
        return {"by": "servers", "key": form.write.args[0]}
    return {"by": _named(form.write)}


def _named(function: Any) -> str:
    """Return the name of a function that has one of the same name in site/assets/install/."""
    return str(function.__name__).strip("_")
