"""Rules on secrets: none stands in an entry, and clients are told what is one.

An entry is public. What is a secret is told by the names of variables, headers and arguments, and
by the forms that well-known services give their keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from builder.model.finding import Severity
from builder.rules.engine.fields import arguments, items, quoted, string, transport, words
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package as example

_WORDS = words(
    "secret secrets password passwd passphrase passcode pwd pass token apikey apitoken apisecret accesstoken "
    "accesskey authtoken bearer credential credentials privatekey secretkey authkey pat jwt cookie "
    "authorization"
)
_PAIRS = frozenset(
    (first, "key")
    for first in words(
        "api access private secret auth encryption signing master license admin service subscription"
    )
) | {("connection", "string"), ("app", "key")}
_NO_SECRET_LAST = words(
    "url uri endpoint host path file filename dir directory folder name names username user id ids type limit "
    "limits max min count length size ttl expiry expires expiration timeout enabled disabled required prefix "
    "suffix header env var variable format mode provider scope scopes budget model algorithm policy field "
    "address symbol decimals usage interval rotation cache store issuer audience endpoints method version "
    "location region validation strategy source storage alias label placeholder threshold window per day hour"
)
_NO_SECRET_ANY = words("public max min num number enable disable use has is skip allow no")
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_NO_TEXT = ("boolean", "number", "filepath")
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_PLACEHOLDER = re.compile(
    r"[<{$\[*…]|\.\.\.|your|xxx|example|change[-_ ]?me|placeholder|replace|insert|dummy|todo|^(?:none|null|-*)$",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"sk-(?:proj-|live-|ant-|or-)?[A-Za-z0-9_-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}"
    r"|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|[a-z][a-z0-9+.-]*://[^/\s:@{}<>$]+:[^/\s@{}<>$]+@"
)
# What every match of the above begins with, or holds. On bytes and with literal beginnings it is five times as
# fast, and nearly no entry has any.
_BEGINNINGS = re.compile(
    rb"sk[-_]|rk_|g(?:h[pousr]_|ithub_pat_|lpat-)|xox[abeoprs]-|A(?:KIA|Iza)|npm_|pypi-AgE|hf_|SG\.|eyJ|-----BEGIN "
)
_LOGIN = re.compile(rb"://[^/\s:@{}<>$]+:[^/\s@{}<>$]+@")


class _Input(NamedTuple):
    """Something that a user gives, and the name that tells what it is."""

    steps: Steps
    name: str
    node: Mapping[str, Any]


def _inputs(item: Entry) -> Iterator[_Input]:
    for steps, package in item.packages:
        named = [*items(package, "environmentVariables"), *arguments(package)]
        named += [
            (("transport", *inner), header)
            for inner, header in items(transport(package), "headers")
        ]
        for inner, entered in named:
            yield from _with_variables((*steps, *inner), entered)
        yield from _variables((*steps, "transport"), transport(package), "")
    for steps, remote in item.remotes:
        for inner, header in items(remote, "headers"):
            yield from _with_variables((*steps, *inner), header)
        yield from _variables(steps, remote, "")


def _with_variables(steps: Steps, node: Mapping[str, Any]) -> Iterator[_Input]:
    """Yield the variables of an input's value where it has some, else the input itself."""
    name = string(node, "name") or string(node, "valueHint")
    declared = list(_variables(steps, node, name))
    yield from declared
    if not declared:
        yield _Input(steps, name, node)


def _variables(steps: Steps, node: Mapping[str, Any], name: str) -> Iterator[_Input]:
    variables = node.get("variables")
    secret = bool(name) and is_secret_name(name)
    for key, value in variables.items() if isinstance(variables, dict) else ():
        if isinstance(value, dict):
            own = f"{name}-{key}" if secret and _is_whole(node, key) else key
            yield _Input((*steps, "variables", key), own, value)


def _is_whole(node: Mapping[str, Any], key: str) -> bool:
    """Return whether a variable is all that is secret of a value: `Bearer {key}`."""
    return len(_VARIABLE.findall(string(node, "value"))) == 1 and f"{{{key}}}" in string(
        node, "value"
    )


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Return whether a name of a variable, a header or an argument is that of a secret."""
    parts = [word.lower() for word in _SPLIT.split(name) if word]
    if not parts or parts[-1] in _NO_SECRET_LAST or not _NO_SECRET_ANY.isdisjoint(parts):
        return False
    return not _WORDS.isdisjoint(parts) or any(pair in _PAIRS for pair in pairwise(parts))


def _unmarked(item: Entry) -> Iterator[Problem]:
    for steps, name, node in _inputs(item):
        fixed = string(node, "value") and not _VARIABLE.search(string(node, "value"))
        if node.get("isSecret") is True or fixed or "choices" in node:
            continue
        if node.get("format") not in _NO_TEXT and is_secret_name(name):
            yield Problem(
                message=f"{quoted(name)} is the name of a secret, and is not marked as one",
                steps=steps,
                help='add "isSecret": true: clients then hide what is typed and store it safely',
            )


def _in_the_open(item: Entry) -> Iterator[Problem]:
    for steps, name, node in _inputs(item):
        if node.get("isSecret") is not True and not is_secret_name(name):
            continue
        for key in ("default", "value"):
            text = string(node, key)
            if text and not _VARIABLE.search(text) and node.get("format") not in _NO_TEXT:
                yield _told((*steps, key), name, text)


def _told(steps: Steps, name: str, text: str) -> Problem:
    if _PLACEHOLDER.search(text) or text.lower() == name.lower():
        return Problem(
            message=f"the {steps[-1]} of the secret {quoted(name)} is a placeholder, which clients send as it is",
            steps=steps,
            help='write it as "placeholder", and leave the user to give the value',
        )
    return Problem(
        message=f"the secret {quoted(name)} has the {steps[-1]} {_hidden(text)}, which everybody can read",
        steps=steps,
        help="leave it out; if it is a real one, revoke it now: what was pushed stays in git",
    )


def _hidden(text: str) -> str:
    return quoted(f"{text[:3]}…") if len(text) > 8 else "of its own"


def may_hold_keys(data: bytes) -> bool:
    """Return whether a text may hold a key in one of the known forms; never False if it does."""
    if not (_BEGINNINGS.search(data) or _LOGIN.search(data)):
        return False
    return _KEYS.search(data.decode("utf-8", "replace")) is not None


def _keys(item: Entry) -> Iterator[Problem]:
    if not may_hold_keys(item.data):
        return
    reported = {problem.steps for problem in _in_the_open(item)}
    for steps, text in _texts(item.document, ()):
        match = _KEYS.search(text)
        if match and steps not in reported and not _PLACEHOLDER.search(match[0]):
            yield Problem(
                message=f"{quoted(match[0][:6] + '…')} looks like a key or a password that works",
                steps=steps,
                help="leave it out; if it is a real one, revoke it now: what was pushed stays in git",
            )


def _texts(node: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(node, str):
        yield steps, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*steps, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*steps, index))


def _secret(item: Entry) -> Iterator[Problem]:
    yield from _in_the_open(item)
    yield from _keys(item)


_KEY: dict[str, Any] = {"name": "API_KEY", "isSecret": True}
RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="secret-in-entry",
        summary="No secret stands in an entry.",
        explanation="Everybody reads a registry: a `default` or a `value` of something secret is a "
        "secret no more, and a placeholder there is what clients send. Keys in the forms of "
        "well-known services, private keys and passwords in addresses are looked for everywhere.",
        severity=Severity.WARNING,
        check=_secret,
        failing=entry(packages=[example(environmentVariables=[{**_KEY, "default": "hunter2"}])]),
        passing=entry(packages=[example(environmentVariables=[{**_KEY, "placeholder": "sk-…"}])]),
    ),
    Rule(
        code="unmarked-secret",
        summary="What is secret is marked as secret.",
        explanation="Clients hide and store safely what has `isSecret`, and nothing else. Names such "
        "as `API_KEY`, `TOKEN`, `PASSWORD` or `Authorization` are those of secrets; `MAX_TOKENS` and "
        "`TOKEN_URL` are not.",
        severity=Severity.WARNING,
        check=_unmarked,
        about=EntryPart.ENVIRONMENT | EntryPart.ARGUMENTS | EntryPart.HEADERS | EntryPart.VARIABLES,
        failing=entry(packages=[example(environmentVariables=[{"name": "API_KEY"}])]),
        passing=entry(packages=[example(environmentVariables=[_KEY])]),
    ),
)
