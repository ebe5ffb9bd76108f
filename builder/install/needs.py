"""What a server takes from its user, as its publisher described it: the page's table of settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from builder.install.field import flag, record, records, text, texts
from builder.install.inputs import VARIABLE, hides
from builder.install.shape import Need
from builder.model.server_json import Document


def needs(item: Document, key: str, kind: str) -> Iterator[Need]:
    """Yield what the inputs under `key` of a package or transport ask for, variables included."""
    for asked in records(item, key):
        unnamed = "" if flag(asked, "isSecret") else text(asked, "value")
        name = text(asked, "name") or text(asked, "valueHint") or unnamed
        yield _need(name or kind, asked, kind)
        yield from variable_needs(asked, kind)


def variable_needs(item: Document, kind: str) -> Iterator[Need]:
    """Yield the variables that an input's value, or a remote's address, is made of."""
    declared = record(item, "variables")
    about = text(item, "description")
    for name, variable in declared.items():
        need = _need(name, variable if isinstance(variable, dict) else {}, kind)
        yield need if need.description else replace(need, description=about)
    for name in dict.fromkeys(VARIABLE.findall(text(item, "value"))):
        if name not in declared:
            secret = hides(item, kind)
            yield Need(name=name, kind=kind, required=True, secret=secret, description=about)


def _need(name: str, item: Document, kind: str) -> Need:
    secret = flag(item, "isSecret")
    fixed = text(item, "value")
    return Need(
        name=name,
        kind=kind,
        required=flag(item, "isRequired"),
        secret=secret,
        repeated=flag(item, "isRepeated"),
        fixed="" if name == fixed or (secret and not VARIABLE.search(fixed)) else fixed,
        default="" if secret else text(item, "default"),
        placeholder=text(item, "placeholder"),
        choices=texts(item, "choices"),
        description=text(item, "description"),
        format=text(item, "format"),
    )
