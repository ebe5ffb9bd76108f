"""The expressions of GitHub's workflows that ours use; any other is an error.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CONTAINS = re.compile(r"contains\(([\w.]+), '([^']*)'\)")
_TOKEN = re.compile(
    r"\s*(?:(contains\([^)]*\)|'(?:[^']*)')|([A-Za-z_][\w.-]*)(\(\))?|(&&|\|\||==|!=|!))"
)


def fill(text: str, context: Mapping[str, Any]) -> str:
    return re.sub(
        r"\$\{\{(.*?)\}\}", lambda found: _text(evaluate(found[1], context, failed=False)), text
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def evaluate(expression: str, context: Mapping[str, Any], *, failed: bool) -> Any:
    """Evaluate `a.b`, 'text', contains(a.b, 'text'), success(), !cancelled(), ==, !=, && and ||."""
    expression = expression.strip().removeprefix("${{").removesuffix("}}").strip()
    tokens: list[str] = []
    while expression:
        match = _TOKEN.match(expression)
        assert match, f"not understood: {expression}"
        tokens.append(match[0].strip())
        expression = expression[match.end() :].strip()
    # As in GitHub: without a status function a step runs only if nothing failed before it.
    if failed and not any(token.endswith("()") for token in tokens):
        return False
    return _either(tokens, context, failed)


def _either(tokens: list[str], context: Mapping[str, Any], failed: bool) -> Any:
    for operator in ("||", "&&"):
        if operator in tokens:
            at = tokens.index(operator)
            left = _either(tokens[:at], context, failed)
            stops = bool(left) == (operator == "||")
            return left if stops else _either(tokens[at + 1 :], context, failed)
    for operator in ("==", "!="):
        if operator in tokens:
            at = tokens.index(operator)
            same = _either(tokens[:at], context, failed) == _either(tokens[at + 1 :], context, failed)  # fmt: skip
            return same == (operator == "==")
    if tokens[0] == "!":
        return not _either(tokens[1:], context, failed)
    (token,) = tokens
    return _value(token, context, failed)


def _value(token: str, context: Mapping[str, Any], failed: bool) -> Any:
    known = {"success()": not failed, "cancelled()": False, "true": True}
    if token in known:
        return known[token]
    if token.startswith("'"):
        return token[1:-1]
    if within := _CONTAINS.fullmatch(token):
        return within[2] in _text(_value(within[1], context, failed))
    value: Any = context
    for key in token.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
