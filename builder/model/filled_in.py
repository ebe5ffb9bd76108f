"""Addresses with {variables} as an entry's own values fill them in: where a client leads that asks nobody.

`https://{tenant}.acme.dev/mcp` leads to mallory.dev if the entry gives `mallory.dev/` for the tenant:
who asks for the hosts of an entry asks for those of these addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import Any

import orjson

from builder.model import remote_address
from builder.model.json_values import as_object, objects, text

MOST = 256
"""Addresses that are made of a document beside those of the first values: of each other one, then of several."""
LONGEST = 1 << 14
"""Characters of a filled address that are looked at."""

Given = Mapping[str, tuple[str, ...]]
"""The values that an entry gives for its inputs, by name; the first is the one that nobody has to choose."""


def offers(asked: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts that an input may be filled in with as the entry has it."""
    choices = asked.get("choices")
    listed = choices if isinstance(choices, list) else []
    texts = (text(asked, "value"), text(asked, "default"), *listed)
    return tuple(dict.fromkeys(word for word in texts if isinstance(word, str) and word))


def variables(holder: Mapping[str, Any]) -> Given:
    """Return what the `variables` of a remote, a transport or an argument are filled in with."""
    asked = as_object(holder.get("variables"))
    return {name: offers(as_object(value)) for name, value in asked.items()}


def addresses(*templates: tuple[str, Given]) -> Iterator[str]:
    """Yield addresses as they are written, and as values fill them in; what has none stays."""
    others = []
    for template, given in templates:
        yield template
        if not given or "{" not in template:
            continue
        parts = _parts(template, given)
        if len(parts) > 1:
            named = {name: given[name] for name in parts[1::2]}
            made = (_filled(parts, values) for values in _combined(named))
            yield next(made)
            others.append(made)
    yield from islice(chain.from_iterable(others), MOST)


def _parts(template: str, given: Given) -> list[str]:
    """Divide a template: text and the names of values by turns."""
    odd = [re.escape(name) for name in given if "{" in name or "}" in name]
    parts = [""]
    end = 0
    for match in re.finditer(rf"\{{({'|'.join([*odd, '[^{}]*'])})\}}", template):
        if given.get(match[1]):
            parts[-1:] = [template[end : match.start()], match[1], ""]
            end = match.end()
    parts[-1] = template[end:]
    return parts


def _filled(parts: Sequence[str], values: Mapping[str, str]) -> str:
    written, length = [], 0
    for number, part in enumerate(parts):
        written.append(values[part] if number % 2 else part)
        length += len(written[-1])
        if length > LONGEST:
            break
    return "".join(written)[:LONGEST]


def _combined(named: Given) -> Iterator[Mapping[str, str]]:
    first = {name: texts[0] for name, texts in named.items()}
    yield first
    for name, texts in named.items():
        yield from ({**first, name: word} for word in texts[1:])
    yield from (dict(zip(named, words, strict=True)) for words in product(*named.values()))


def hosts(data: bytes) -> frozenset[str]:
    """Return the hosts that an entry leads to, by remotes and by packages that are reached at an address."""
    try:
        document = as_object(orjson.loads(data))
    except orjson.JSONDecodeError:
        return frozenset()
    led_to = (*of_remotes(document), *of_packages(document))
    return frozenset(filter(None, map(remote_address.host, led_to)))


def of_remotes(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of the remotes of a document."""
    remotes = objects(document.get("remotes"))
    return addresses(*((text(remote, "url"), variables(remote)) for remote in remotes))


def of_packages(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses that the packages of a document are said to be reached at."""
    packages = objects(document.get("packages"))
    reached = ((package, as_object(package.get("transport"))) for package in packages)
    return addresses(
        *(
            (text(transport, "url"), {**_inputs(package), **variables(transport)})
            for package, transport in reached
            if text(transport, "url")
        )
    )


def _inputs(package: Mapping[str, Any]) -> Given:
    given: dict[str, tuple[str, ...]] = {}
    for key in ("environmentVariables", "runtimeArguments", "packageArguments"):
        for asked in objects(package.get(key)):
            given |= variables(asked)
            for name in (text(asked, "name"), text(asked, "valueHint")):
                given.setdefault(name, offers(asked))
                given.setdefault(name.lstrip("-"), offers(asked))
    return given
