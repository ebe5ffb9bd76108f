"""What is wrong with a file of ours, in this project's words instead of the validator's.

Each message names the fact and the values allowed.
https://docs.pydantic.dev/latest/errors/validation_errors/ lists the types that are translated here;
the rest keep the validator's own text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from builder.model.schema_keys import keys_at

_SHOWN = 40


def describe(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return one sentence, without a full stop, on a problem that validating `model` found."""
    say = _SENTENCES.get(error["type"])
    return say(error, model) if say else error["msg"]


def _missing(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return f"{error['loc'][-1]} is missing"


def _unknown(error: ErrorDetails, model: type[BaseModel]) -> str:
    key = str(error["loc"][-1])
    keys = keys_at(model, error["loc"][:-1])
    hint = _like(key, keys) or f"; the keys here are {', '.join(keys)}"
    return f"there is no key {key!r}{hint}"


def _choice(error: ErrorDetails, _model: type[BaseModel]) -> str:
    expected = error.get("ctx", {}).get("expected", "")
    allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    given = _short(error["input"])
    return f"{given} is not one of {', '.join(allowed)}{_like(str(error['input']), allowed)}"


def _form(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return f"{_short(error['input'])} has not the form {error.get('ctx', {}).get('pattern')}"


def _too_long(error: ErrorDetails, _model: type[BaseModel]) -> str:
    limit = error.get("ctx", {}).get("max_length")
    return f"{len(error['input']):,} characters, and at most {limit:,} are allowed"


def _too_short(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return f"at least {error.get('ctx', {}).get('min_length')} characters are needed"


def _too_few(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return f"at least {error.get('ctx', {}).get('min_length')} is needed"


def _too_many(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return f"at most {error.get('ctx', {}).get('max_length')} are allowed"


def _bound(words: str, limit: str) -> Callable[[ErrorDetails, type[BaseModel]], str]:
    def say(error: ErrorDetails, _model: type[BaseModel]) -> str:
        return f"{_short(error['input'])} is not {words} {error.get('ctx', {}).get(limit)}"

    return say


def _kind(words: str) -> Callable[[ErrorDetails, type[BaseModel]], str]:
    def say(error: ErrorDetails, _model: type[BaseModel]) -> str:
        return f"{_short(error['input'])} is not {words}"

    return say


def _own(error: ErrorDetails, _model: type[BaseModel]) -> str:
    return error["msg"].removeprefix("Value error, ")


_SENTENCES: Mapping[str, Callable[[ErrorDetails, type[BaseModel]], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _choice,
    "enum": _choice,
    "string_pattern_mismatch": _form,
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "too_short": _too_few,
    "too_long": _too_many,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "int_parsing": _kind("a whole number"),
    "int_type": _kind("a whole number"),
    "int_from_float": _kind("a whole number"),
    "bool_parsing": _kind("true or false"),
    "bool_type": _kind("true or false"),
    "string_type": _kind("a text"),
    "tuple_type": _kind("a list"),
    "list_type": _kind("a list"),
    "dict_type": _kind("a mapping of keys to values"),
    "model_type": _kind("a mapping of keys to values"),
    "model_attributes_type": _kind("a mapping of keys to values"),
    "value_error": _own,
}


def _like(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word.lower(), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
