"""Rules on a change of registry.yaml: it can be read, and a person sees what it says differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builder.model import config
from builder.model.config import Config
from builder.model.errors import ConfigError
from builder.model.finding import Severity
from builder.model.layout import CONFIG
from builder.rules.engine.rule import ExampleFile, Problem, Rule, file, files
from builder.rules.engine.subject import Proposal

_MISSING = "nothing"
_LISTED = (
    "base_url",
    "extension_namespace",
    "repository",
    "branch",
    "builder",
    "hosts",
    "reading",
    "policy",
)
"""What clients, mirrors and the gate itself go by. The rest of the settings is appearance."""

_OLD = b"title: Weather\nbase_url: https://example.com\nextension_namespace: com.example\n"
_NEW = _OLD.replace(b"https://example.com", b"https://other.example.com")


def _invalid(proposal: Proposal) -> Iterator[Problem]:
    if proposal.settings is None:
        return
    if proposal.settings.after is None:
        yield Problem(message="the settings would be gone", file=CONFIG, help="keep the file")
        return
    try:
        config.parse(proposal.settings.after)
    except ConfigError as error:
        for problem in error.problems:
            yield Problem(
                message=problem.message,
                file=CONFIG,
                line=problem.line,
                column=problem.column,
                help="see the format in the documentation: no site can be built from it",
            )


def _changed(proposal: Proposal) -> Iterator[Problem]:
    if proposal.settings is None or proposal.settings.after is None:
        return
    try:
        after = config.parse(proposal.settings.after)
    except ConfigError:
        return
    before = _parsed(proposal.settings.before)
    for key, old, new in _differences(before, after):
        yield Problem(
            message=f"{key} changes from {old} to {new}",
            file=CONFIG,
            help="a person makes sure that this is meant",
        )


def _parsed(data: bytes | None) -> Config | None:
    try:
        return config.parse(data) if data is not None else None
    except ConfigError:
        return None


def _differences(before: Config | None, after: Config) -> Iterator[tuple[str, str, str]]:
    old = _flat(before.model_dump(mode="json")) if before else {}
    new = _flat(after.model_dump(mode="json"))
    for key in dict.fromkeys((*old, *new)):
        if key.partition(".")[0] in _LISTED and old.get(key) != new.get(key):
            yield key, _shown(old.get(key)), _shown(new.get(key))


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= (
            _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
        )
    return flat


def _shown(value: object) -> str:
    return _MISSING if value is None or value in ("", []) else repr(value)


RULES: tuple[Rule[Proposal], ...] = (
    Rule(
        code="invalid-settings",
        summary="`registry.yaml` can be read after a change of it.",
        explanation="Without it no site is built and no change is checked.",
        structural=True,
        check=_invalid,
        failing=files(
            file(),
            ExampleFile(path=CONFIG, data=b"title: Weather\n"),
            base=(ExampleFile(path=CONFIG, data=_OLD),),
        ),
        passing=files(file(), base=()),
    ),
    Rule(
        code="settings-changed",
        summary="What `registry.yaml` says differently is looked at by a person, word by word.",
        explanation="The address, the extension namespace, the published branch, the builder, the hosts, the login and the "
        "policy: clients, mirrors and the gate itself go by them.",
        severity=Severity.REVIEW,
        check=_changed,
        failing=files(
            file(), ExampleFile(path=CONFIG, data=_NEW), base=(ExampleFile(path=CONFIG, data=_OLD),)
        ),
        passing=files(file(), base=()),
    ),
)
