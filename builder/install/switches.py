"""What of a launch a user may add to it: the optional settings that a page has switches for."""

from __future__ import annotations

from builder.install.entry import placeholder
from builder.install.plan import Local, Plans, Remote
from builder.install.shape import Switch
from builder.install.value import Value, inputs_of, render


def switches(plans: Plans) -> tuple[Switch, ...]:
    """Return what may be switched on, each once, secrets first: a key is what is missed most."""
    chosen = plans.plain
    found: dict[str, Switch] = {}
    if isinstance(chosen, Local):
        for word in chosen.args:
            if word.switch and not (word.switch.startswith("variable") or word.switch in found):
                found[word.switch] = _switch(word.switch, word.value, chosen)
    if chosen is not None:
        settings = chosen.env if isinstance(chosen, Local) else chosen.headers
        for setting in settings:
            if setting.switch:
                found[setting.switch] = _switch(setting.switch, setting.value, chosen, setting.name)
    return tuple(sorted(found.values(), key=lambda switch: not switch.secret))


def _switch(id: str, value: Value, chosen: Local | Remote, name: str = "") -> Switch:
    words = (
        [word.value for word in chosen.args if word.switch == id]
        if isinstance(chosen, Local)
        else []
    )
    asked = [part for text in (value, *words) for part in inputs_of(text)]
    shown = name or render(words[0], placeholder)
    return Switch(
        id=id,
        name=shown,
        kind=id.partition("-")[0].replace("runner", "argument"),
        secret=any(part.secret for part in asked),
        description=next((part.description for part in asked if part.description), ""),
    )
