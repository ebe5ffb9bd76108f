"""How to install a server, client by client: a published document -> values for a template.

    launches(name, document) -> Launch...            without recipes
    panel(name, document) -> Panel
        .clients     ClientName(id, title)...        the tabs, always the same
        .launches    Launch...                       each package, then each remote
            .needs       Need...                     the "what it needs" table
            .switches    Switch...                   what is optional and can be added
            .reason      str                         why there is no recipe, "" if there is
            .recipes     Recipe...                   one for each client, in the order of .clients
                .links   Link(href, label)...        one click
                .command Command(text, note)         a shell line, or None
                .file    File(places, language, text)  a piece of configuration, or None
                .gaps    str...                      placeholders that one overwrites
                .notes   str...

Pure: reads nothing, never raises on any JSON object, and gives placeholders for secrets, never
values. Every string is a publisher's until a template escapes it; shape.py says what each field
holds.
"""

from __future__ import annotations

from builder.install.client import Client
from builder.install.clients import CLIENTS
from builder.install.launch import launches, panel
from builder.install.shape import (
    ClientName,
    Command,
    FilePlace,
    Launch,
    Link,
    Need,
    Panel,
    Piece,
    Recipe,
    RecipeFile,
    Switch,
)

__all__ = [
    "CLIENTS",
    "Client",
    "ClientName",
    "Command",
    "FilePlace",
    "Launch",
    "Link",
    "Need",
    "Panel",
    "Piece",
    "Recipe",
    "RecipeFile",
    "Switch",
    "launches",
    "panel",
]
