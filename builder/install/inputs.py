"""What a server takes from its user: variables, headers, arguments and parts of its address.

Shapes: official contract, section 2.2 (Input, KeyValueInput, Argument). Two readings go beyond VS
Code's: `{name}` without a declaration is an input too (hundreds of published headers are
`Bearer {key}` and declare nothing), and the fixed value of a secret is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.install.field import flag, record, records, text, texts
from builder.install.naming import is_generic
from builder.install.value import Input, Known, Value, inputs_of
from builder.model.server_json import Document

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
VARIABLE = re.compile(rf"(?<!\$)\{{({_NAME.pattern})\}}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SCHEMED = ("authorization", "proxy-authorization")
_BEARER = re.compile(r"\bbearer\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A named value: an environment variable or a header. `needed` as in `_needed`.

    `switch` names what the user turns on to have it, "" if it is always there.
    """

    name: str
    value: Value
    needed: bool
    switch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: its words, `("--name", value)` for example."""

    words: tuple[Value, ...]
    needed: bool


def environment(package: Document) -> tuple[Setting, ...]:
    """Return a package's environment variables, without those whose name no shell takes."""
    return _settings(records(package, "environmentVariables"), _NAME, "variable")


def headers(transport: Document) -> tuple[Setting, ...]:
    """Return the headers of a remote or a transport."""
    return _settings(records(transport, "headers"), _HEADER_NAME, "header")


def lacks_scheme(header: Setting) -> bool:
    """Return whether nobody says how the value of an `Authorization` begins (`Bearer `, mostly)."""
    return header.name.lower() in _SCHEMED and header.value[:1] == tuple(inputs_of(header.value))


def url(transport: Document, known: Known) -> Value:
    """Return a transport's address; `known` are inputs by name that it may refer to."""
    declared = _declared(record(transport, "variables"), "url")
    return _split(text(transport, "url"), {**known, **declared}, "url")


def package_arguments(package: Document) -> tuple[Argument, ...]:
    """Return the arguments of the package's own program, read as VS Code reads them."""
    return tuple(_argument(item) for item in records(package, "packageArguments"))


def runtime_arguments(package: Document) -> tuple[Argument, ...]:
    """Return the arguments of what runs the package (docker, npx, uvx, dnx).

    A name that hints at no value is a flag here: publishers write `--rm` and `-e` with a
    description, where VS Code would ask for a value and break the command.
    """
    return tuple(_runtime_argument(item) for item in records(package, "runtimeArguments"))


def by_name(package: Document) -> dict[str, Input]:
    """Return a package's inputs by the name that its transport's address may call them."""
    named: dict[str, Input] = {}
    for item in records(package, "environmentVariables"):
        named[text(item, "name")] = _input(text(item, "name"), item, "variable")
    for key in ("runtimeArguments", "packageArguments"):
        for item in records(package, key):
            named |= _declared(record(item, "variables"), "argument")
            fixed = text(item, "value")
            default = "" if VARIABLE.search(fixed) else fixed
            for name in (text(item, "name").lstrip("-"), text(item, "valueHint")):
                named.setdefault(name, _input(name, item, "argument", default=default))
    return named


def _settings(
    items: tuple[Document, ...], names: re.Pattern[str], kind: str
) -> tuple[Setting, ...]:
    settings = {}
    for item in items:
        name = text(item, "name")
        if names.fullmatch(name):
            value = _value(name, item, kind)
            settings[name] = Setting(name=name, value=value, needed=_needed(item, value))
    return tuple(settings.values())


def _needed(item: Document, value: Value) -> bool:
    """Return whether a setting is there from the start; the others are offered beside the command.

    What is required or fixed is there. A template is if everything in it is given: a variable that
    may be left open leaves nothing behind, no empty setting and no placeholder.
    """
    if flag(item, "isRequired"):
        return True
    if not text(item, "value"):
        return False
    return all(part.required or part.default for part in inputs_of(value))


def _value(name: str, item: Document, kind: str) -> Value:
    fixed = text(item, "value")
    declared = _declared(record(item, "variables"), kind, about=text(item, "description"))
    value = _split(fixed, declared, kind, item)
    if not fixed or (flag(item, "isSecret") and not any(inputs_of(value))):
        asked = _input(name, item, kind)
        return ("Bearer ", asked) if _is_bearer(name, item, kind) else (asked,)
    return value


def _is_bearer(name: str, item: Document, kind: str) -> bool:
    about = f"{text(item, 'description')} {text(item, 'placeholder')}"
    schemed = kind == "header" and name.lower() in _SCHEMED
    return schemed and not text(item, "default") and bool(_BEARER.search(about))


def hides(item: Document, kind: str) -> bool:
    """Return whether a variable that nobody declares is a secret: whatever stands in a header is."""
    return flag(item, "isSecret") or kind == "header"


def _split(template: str, known: Known, kind: str, item: Document | None = None) -> Value:
    parts: list[str | Input] = []
    end = 0
    for match in _references(known).finditer(template):
        parts.append(template[end : match.start()])
        parts.append(known.get(match[1]) or _undeclared(match[1], kind, item or {}))
        end = match.end()
    parts.append(template[end:])
    return tuple(part for part in parts if part != "")


def _references(known: Known) -> re.Pattern[str]:
    """Return what refers to an input: a name of the usual form, or one that is declared, whatever it is."""
    unusual = [name for name in known if name and not _NAME.fullmatch(name)]
    if not unusual:
        return VARIABLE
    names = "|".join(map(re.escape, unusual))
    return re.compile(rf"(?<!\$)\{{({names}|{_NAME.pattern})\}}")


def _undeclared(name: str, kind: str, item: Document) -> Input:
    return Input(
        id=name,
        own=_is_own(name, kind),
        secret=bool(item) and hides(item, kind),
        description=text(item, "description"),
        placeholder=text(item, "placeholder"),
    )


def _declared(variables: Document, kind: str, *, about: str = "") -> dict[str, Input]:
    return {
        name: _input(name, item if isinstance(item, dict) else {}, f"{kind}-part", about=about)
        for name, item in variables.items()
    }


def _input(name: str, item: Document, kind: str, *, default: str = "", about: str = "") -> Input:
    return Input(
        id=_id(name),
        own=kind == "header" or _is_own(name, kind.removesuffix("-part")),
        secret=flag(item, "isSecret"),
        required=flag(item, "isRequired"),
        default=text(item, "default") or default,
        choices=texts(item, "choices"),
        description=text(item, "description") or about,
        placeholder=text(item, "placeholder"),
    )


def _id(name: str) -> str:
    """Return a name in ASCII; two that differ in other letters stay two (RFC 3492)."""
    plain = name if name.isascii() else name.encode("punycode", "replace").decode()
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-") or "value"


def _is_own(name: str, kind: str) -> bool:
    """Return whether an input's name must be told from other servers': parts of commands always."""
    return kind in ("argument", "url") or is_generic(name)


def _argument(item: Document) -> Argument:
    name = text(item, "name") if text(item, "type") != "positional" else ""
    fixed = text(item, "value")
    if not name:
        value = _value(text(item, "valueHint"), item, "argument")
        return Argument(words=(value,), needed=_is_given(item, value))
    if not fixed and not text(item, "description") and not _hints_at_value(item):
        return Argument(words=((name,),), needed=True)
    value = _value(name, item, "argument")
    return Argument(words=((name,), value), needed=_is_given(item, value))


def _is_given(item: Document, value: Value) -> bool:
    return _needed(item, value) or bool(text(item, "default"))


def _runtime_argument(item: Document) -> Argument:
    name = text(item, "name") if text(item, "type") != "positional" else ""
    boolean = text(item, "format") == "boolean"
    switched_on = boolean and text(item, "value") in ("", "true")
    if name and (switched_on or not (text(item, "value") or _hints_at_value(item))):
        given = flag(item, "isRequired") or text(item, "value") == "true"
        return Argument(words=((name,),), needed=given or not boolean)
    return _argument(item)


def _hints_at_value(item: Document) -> bool:
    given = any(text(item, key) for key in ("default", "valueHint", "format", "placeholder"))
    return (
        given or bool(texts(item, "choices")) or flag(item, "isSecret") or flag(item, "isRequired")
    )
