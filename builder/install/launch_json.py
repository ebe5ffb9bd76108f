"""A launch as plain JSON: what the page's script makes the recipes of the other clients from.

site/assets/install/ writes them as recipe.py does, for any client but the first, whose panel stands
in the page. How a package is started was decided here (plan.py): the script puts words in their places,
and chooses none. A value is a text, or a list of texts and inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from builder.install.bundle import bundle_link
from builder.install.entry import placeholder
from builder.install.inputs import Setting
from builder.install.plan import Local, Plan, Plans, Reading
from builder.install.program import Word
from builder.install.value import Input, Value, render
from builder.install.views import fits_link
from builder.install.web import address
from builder.model.server_json import Document, Json

LaunchJson = dict[str, Json]
"""See `launch_json`: `plan`, `prompted`, `linked`, `public` and `notes`, or `bundle`."""


def launch_json(plans: Plans, notes: Mapping[str, str]) -> LaunchJson:
    """Return what recipes are made of; nothing where nothing can be started or reached.

    `plan` is that of clients whose user edits the text, `prompted` the arguments for those that ask,
    where these are others. `linked` are the readings whose clients may have it in a link; `public`
    is there if the address is one of https; `notes` are by client.
    """
    plan = plans.plain
    if plan is None:
        return {}
    asking = plans.by_reading[Reading.PROMPTED]
    made: LaunchJson = {"plan": _plan(plan)}
    if isinstance(plan, Local):
        if isinstance(asking, Local) and asking.args != plan.args:
            made["prompted"] = list(map(_word, asking.args))
    elif address(render(plan.url, placeholder), "https"):
        made["public"] = True
    made["linked"] = [
        reading.name.lower()
        for reading in Reading
        if fits_link(plans.by_reading[reading].base, reading)
    ]
    return {**made, "notes": dict(notes)} if notes else made


def bundle_json(package: Document) -> LaunchJson:
    """Return the same of a bundle: the address to download it from, if it has one."""
    link = bundle_link(package)
    return {"bundle": link.href if link else ""}


def _plan(plan: Plan) -> LaunchJson:
    if isinstance(plan, Local):
        return {
            "command": plan.command,
            "args": list(map(_word, plan.args)),
            "env": _settings(plan.env),
        }
    return {
        "transport": plan.transport,
        "url": _value(plan.url),
        "headers": _settings(plan.headers),
    }


def _word(word: Word) -> Json:
    value = _value(word.value)
    return {"value": value, "switch": word.switch} if word.switch else value


def _settings(settings: Iterable[Setting]) -> list[Json]:
    return [
        [item.name, _value(item.value), *([item.switch] if item.switch else ())]
        for item in settings
    ]


def _value(value: Value) -> Json:
    if len(value) == 1 and isinstance(value[0], str):
        return value[0]
    return [part if isinstance(part, str) else _input(part) for part in value]


def _input(asked: Input) -> dict[str, Any]:
    """Return an input without the fields that are as usual; what a secret would be is told to nobody."""
    fields = {
        "default": "" if asked.secret else asked.default,
        "choices": list(asked.choices),
        "description": asked.description,
        "placeholder": asked.placeholder,
        "secret": asked.secret,
        "common": not asked.own,
        "optional": not asked.required,
    }
    return {"id": asked.id, **{name: field for name, field in fields.items() if field}}
