"""What a server takes from its user: variables, headers, arguments and parts of its address.

A `Value` is text with inputs in it, `Bearer {token}` for example; each client writes an input its
own way. Shapes: official contract, section 2.2 (Input, KeyValueInput, Argument). Two readings go
beyond VS Code's: `{name}` without a declaration is an input too (hundreds of published headers
are `Bearer {key}` and declare nothing), and the fixed value of a secret is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from builder.install.field import flag, record, records, text, texts
from builder.install.shape import Need
from builder.model.server_json import Document

_VARIABLE = re.compile(r"(?<!\$)\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Something the user gives. `id` is made of `A-Za-z0-9_.-` only."""

    id: str
    secret: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""


Value = tuple[str | Input, ...]
Known = Mapping[str, Input]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A named value: an environment variable or a header. `wanted` as in `_wanted`."""

    name: str
    value: Value
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: its words, `("--name", value)` for example."""

    words: tuple[Value, ...]
    wanted: bool


def render(value: Value, write: Callable[[Input], str]) -> str:
    """Write a value as text; `write` says how an input looks."""
    if len(value) == 1 and isinstance(value[0], str):
        return value[0]
    return "".join([part if isinstance(part, str) else write(part) for part in value])


def inputs(value: Value) -> Iterator[Input]:
    """Give the inputs of a value, in order."""
    return (part for part in value if isinstance(part, Input))


def environment(package: Document) -> tuple[Setting, ...]:
    """A package's environment variables; those whose name no shell takes are left out."""
    return _settings(records(package, "environmentVariables"), _ENVIRONMENT_NAME, "variable")


def headers(transport: Document) -> tuple[Setting, ...]:
    """The headers of a remote or a transport."""
    return _settings(records(transport, "headers"), _HEADER_NAME, "header")


def url(transport: Document, known: Known) -> Value:
    """A transport's address; `known` gives inputs by name that it may refer to."""
    declared = _declared(record(transport, "variables"))
    return _split(text(transport, "url"), {**known, **declared})


def package_arguments(package: Document) -> tuple[Argument, ...]:
    """The arguments of the package's own program, read as VS Code reads them."""
    return tuple(_argument(item) for item in records(package, "packageArguments"))


def runtime_arguments(package: Document) -> tuple[Argument, ...]:
    """The arguments of what runs the package (docker, npx, uvx, dnx).

    A name that hints at no value is a flag here: publishers write `--rm` and `-e` with a
    description, where VS Code would ask for a value and break the command.
    """
    return tuple(_runtime_argument(item) for item in records(package, "runtimeArguments"))


def by_name(package: Document) -> dict[str, Input]:
    """A package's inputs by the name that its transport's address may call them."""
    found: dict[str, Input] = {}
    for item in records(package, "environmentVariables"):
        found[text(item, "name")] = _input(text(item, "name"), item)
    for key in ("runtimeArguments", "packageArguments"):
        for item in records(package, key):
            found |= _declared(record(item, "variables"))
            fixed = text(item, "value")
            default = "" if _VARIABLE.search(fixed) else fixed
            for name in (text(item, "name").lstrip("-"), text(item, "valueHint")):
                found.setdefault(name, _input(name, item, default=default))
    return found


def needs(item: Document, key: str, kind: str) -> Iterator[Need]:
    """List what the inputs under `key` of a package or transport ask for, variables included."""
    for one in records(item, key):
        unnamed = "" if flag(one, "isSecret") else text(one, "value")
        name = text(one, "name") or text(one, "valueHint") or unnamed
        yield _need(name or kind, one, kind)
        yield from variable_needs(one, kind)


def variable_needs(item: Document, kind: str) -> Iterator[Need]:
    """List the variables that an input's value, or a remote's address, is made of."""
    declared = record(item, "variables")
    for name, one in declared.items():
        yield _need(name, one if isinstance(one, dict) else {}, kind)
    for name in dict.fromkeys(_VARIABLE.findall(text(item, "value"))):
        if name not in declared:
            yield Need(name=name, kind=kind, required=True, secret=_hides(item, kind))


def _need(name: str, item: Document, kind: str) -> Need:
    secret = flag(item, "isSecret")
    fixed = text(item, "value")
    return Need(
        name=name,
        kind=kind,
        required=flag(item, "isRequired"),
        secret=secret,
        repeated=flag(item, "isRepeated"),
        fixed="" if name == fixed or (secret and not _VARIABLE.search(fixed)) else fixed,
        default="" if secret else text(item, "default"),
        placeholder=text(item, "placeholder"),
        choices=texts(item, "choices"),
        description=text(item, "description"),
        format=text(item, "format"),
    )


def _settings(
    items: tuple[Document, ...], names: re.Pattern[str], kind: str
) -> tuple[Setting, ...]:
    some_required = any(flag(item, "isRequired") for item in items)
    found = {}
    for item in items:
        name = text(item, "name")
        if names.fullmatch(name):
            wanted = _wanted(item, some_required=some_required)
            found[name] = Setting(name=name, value=_value(name, item, kind), wanted=wanted)
    return tuple(found.values())


def _wanted(item: Document, *, some_required: bool) -> bool:
    """Tell whether a client that does not ask should be given this from the start.

    Required and fixed ones; secrets too where the publisher marked nothing as required, which is
    how every third published server with a key is written.
    """
    if flag(item, "isRequired") or text(item, "value"):
        return True
    return flag(item, "isSecret") and not some_required


def _value(name: str, item: Document, kind: str) -> Value:
    fixed = text(item, "value")
    value = _split(fixed, _declared(record(item, "variables")), secret=_hides(item, kind))
    if not fixed or (flag(item, "isSecret") and not any(inputs(value))):
        return (_input(name, item),)
    return value


def _hides(item: Document, kind: str) -> bool:
    return flag(item, "isSecret") or kind == "header"


def _split(template: str, known: Known, *, secret: bool = False) -> Value:
    parts: list[str | Input] = []
    end = 0
    for match in _VARIABLE.finditer(template):
        parts.append(template[end : match.start()])
        parts.append(known.get(match[1]) or Input(id=match[1], secret=secret))
        end = match.end()
    parts.append(template[end:])
    return tuple(part for part in parts if part != "")


def _declared(variables: Document) -> dict[str, Input]:
    return {
        name: _input(name, item if isinstance(item, dict) else {})
        for name, item in variables.items()
    }


def _input(name: str, item: Document, *, default: str = "") -> Input:
    return Input(
        id=re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-") or "value",
        secret=flag(item, "isSecret"),
        default=text(item, "default") or default,
        choices=texts(item, "choices"),
        description=text(item, "description"),
    )


def _argument(item: Document) -> Argument:
    name = text(item, "name") if text(item, "type") != "positional" else ""
    fixed, default = text(item, "value"), text(item, "default")
    wanted = bool(fixed or default or flag(item, "isRequired"))
    if not name:
        return Argument(words=(_value(text(item, "valueHint"), item, "argument"),), wanted=wanted)
    if not fixed and not text(item, "description") and not _hints_at_value(item):
        return Argument(words=((name,),), wanted=True)
    return Argument(words=((name,), _value(name, item, "argument")), wanted=wanted)


def _runtime_argument(item: Document) -> Argument:
    name = text(item, "name") if text(item, "type") != "positional" else ""
    switched_on = text(item, "format") == "boolean" and text(item, "value") in ("", "true")
    if name and (switched_on or not (text(item, "value") or _hints_at_value(item))):
        return Argument(words=((name,),), wanted=True)
    return _argument(item)


def _hints_at_value(item: Document) -> bool:
    given = any(text(item, key) for key in ("default", "valueHint", "format", "placeholder"))
    return (
        given or bool(texts(item, "choices")) or flag(item, "isSecret") or flag(item, "isRequired")
    )
