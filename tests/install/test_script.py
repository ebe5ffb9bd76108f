"""Panels made in the browser are those made here: every recipe, byte for byte, and its HTML."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.install import CLIENTS, ClientName, Panel, panel
from builder.pages.html.panel import Tab, shown, usable_first
from builder.pages.html.template import environment
from builder.pages.html.text import clean
from tests.install.documents import plausible, published, real
from tests.install.script import as_script, made

NPM = {"registryType": "npm", "identifier": "@acme/w", "version": "1.0.0"}
ODD_NAMES = ["42", "7", "__proto__", "constructor", "name", "toString", "on"]
NAMES = ["com.acme/weather", "io.github.acme/a.b", "com.acme/mcp", "x", "com.acme/" + "long" * 20]


def _check(panels: list[Panel]) -> None:
    for ours, theirs in zip(panels, made(panels), strict=True):
        for n, client in enumerate(CLIENTS):
            recipes = [as_script(launch.recipes[n]) for launch in ours.launches]
            assert theirs[client.id]["recipes"] == recipes, (client.id, ours.name)
            assert clean(theirs[client.id]["html"]) == clean(_html(ours, n)), (client.id, ours.name)


def _html(made: Panel, n: int) -> str:
    """The panel of a client as the template of the first one has it."""
    tab = Tab(
        client=ClientName(id=CLIENTS[n].id, title=CLIENTS[n].title),
        recipes=usable_first([shown(launch, launch.recipes[n]) for launch in made.launches]),
    )
    values = {"tab": tab, "heading": SimpleNamespace(status="active")}
    return environment().get_template("client.html").render(values).replace(" open>", ">", 1) + "\n"


def test_every_published_entry() -> None:
    documents = [*real().values(), *islice(published(), 0, None, 4)]
    _check([panel(str(document.get("name", "x")), document) for document in documents])


def test_names_that_scripts_order_or_hide() -> None:
    headers = [{"name": name, "value": "{a}", "isRequired": True} for name in ODD_NAMES]
    env = [
        {"name": name, "description": 'It\'s\u00e9 \U0001f600 "x" \\ <b>&'} for name in ODD_NAMES
    ]
    remote = {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp", "headers": headers}
    document = {"packages": [{**NPM, "environmentVariables": env}], "remotes": [remote]}
    _check([panel(name, document) for name in NAMES])


@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(plausible, min_size=40, max_size=60), st.sampled_from(NAMES))
def test_any_document(documents: list[dict[str, Any]], name: str) -> None:
    _check([panel(name, document) for document in documents])
