"""The settings as one ordered list of lines: lists such as `include` are lines of it too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from builder.model.json_values import objects
from builder.model.mirror_settings import MirrorPolicy
from builder.model.policy_rule import Do, Match, Outside, PolicyRule, Rules, seconds
from builder.model.policy_settings import PublishPolicy
from builder.policy import document as read
from builder.policy import package_forms, patterns
from builder.policy.entry import PolicyEntry

Condition = Callable[[PolicyEntry], bool]
Path = tuple[str | int, ...]
"""Keys and indexes that lead to a line in registry.yaml."""
_SECOND = 1_000_000_000

_FIELDS: Mapping[str, Callable[[PolicyEntry], frozenset[str]]] = {
    "name": lambda entry: frozenset({entry.name}),
    "version": lambda entry: frozenset({entry.version}),
    "namespace": lambda entry: frozenset({entry.namespace}),
    "publisher": lambda entry: entry.publishers,
    "package_type": lambda entry: read.package_types(entry.document),
    "package": lambda entry: entry.packages,
    "package_registry": lambda entry: read.package_registries(entry.document),
    "transport": lambda entry: read.transports(entry.document),
    "remote_host": lambda entry: read.remote_hosts(entry.document),
    "repository": lambda entry: frozenset(filter(None, [read.repository(entry.document)])),
    "status": lambda entry: frozenset({entry.status}),
    "schema_date": lambda entry: frozenset({read.schema_date(entry.document)}),
    "fingerprint": lambda entry: frozenset({entry.fingerprint}),
    "advisory": lambda entry: frozenset(advisory.id for advisory in entry.advisories),
    "change": lambda entry: frozenset(
        kind for change in entry.changes for kind in (change.kind, "any")
    ),
}
"""The values of an entry that each key of a match looks at."""

_ONE_OF: Mapping[str, Callable[[PolicyEntry], frozenset[frozenset[str]]]] = {
    "package": lambda entry: frozenset(
        frozenset(package_forms.forms(package))
        for package in objects(entry.document.get("packages"))
    ),
    "change": lambda entry: frozenset(frozenset({change.kind, "any"}) for change in entry.changes),
}
"""Where several values are names of one thing: it is outside if none of its names is inside."""


def values(entry: PolicyEntry) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each key of a match with the values that an entry has for it."""
    for field, of in _FIELDS.items():
        yield _KEYS.get(field, field.replace("_", "-")), of(entry)


_KEYS = {"schema_date": "schema"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """One line: it decides about an entry that meets all its conditions.

    `path` leads to it in registry.yaml. One of `entering` is asked only about what is not here
    yet. `names` are the exact names and namespaces (`com.example/`) that it is about, in small
    letters, None if it may be about any.
    """

    path: Path
    do: Do
    because: str
    conditions: tuple[Condition, ...]
    entering: bool = False
    names: frozenset[str] | None = None
    reason_of: Callable[[PolicyEntry], str] | None = None
    age: int = 0
    """The longest age that it measures, in nanoseconds."""
    needs_advisories: bool = False

    def matches(self, entry: PolicyEntry) -> bool:
        """Return whether the entry meets every condition."""
        return all(condition(entry) for condition in self.conditions)

    def reason(self, entry: PolicyEntry) -> str:
        """Return why the line decides as it does about an entry."""
        return self.reason_of(entry) if self.reason_of else self.because


def of_mirror(policy: MirrorPolicy, at: Path = ("policy", "mirror")) -> Iterator[PolicyLine]:
    """Yield the lines of what a mirror takes in, in the order in which they are asked."""
    if policy.exclude:
        match = Match(name=policy.exclude)
        rule = PolicyRule(
            match=match, do="reject", because="its name is on the policy's exclude list"
        )
        yield _of_rule(rule, (*at, "exclude"))
    if policy.include != ("*",):
        yield _outside("name", policy.include, "its name is not on the policy's include list", at)
    yield from _limits(policy.package_types, policy.transports, at)
    if len(policy.statuses) < len(MirrorPolicy().statuses):
        yield replace(_outside("status", policy.statuses, "", at), entering=True)
    yield from of_rules(policy.rules, (*at, "rules"))


def of_publish(policy: PublishPolicy, at: Path = ("policy", "publish")) -> Iterator[PolicyLine]:
    """Yield the lines of what may be published here, in the order in which they are asked."""
    if policy.namespaces:
        yield _outside("namespace", policy.namespaces, "", at)
    yield from _limits(policy.package_types, policy.transports, at)
    yield from of_rules(policy.rules, (*at, "rules"))


def of_rules(rules: Rules, at: Path) -> Iterator[PolicyLine]:
    """Yield the lines of a list of rules."""
    for number, rule in enumerate(rules):
        yield _of_rule(rule, (*at, number))


def _limits(types: tuple[str, ...], transports: tuple[str, ...], at: Path) -> Iterator[PolicyLine]:
    for key, allowed in (("package-type", types), ("transport", transports)):
        if allowed:
            yield _outside(key, allowed, "", at)


_SETTINGS = {
    "name": "include",
    "namespace": "namespaces",
    "package-type": "package_types",
    "transport": "transports",
    "status": "statuses",
}


def _outside(key: str, allowed: tuple[str, ...], because: str, at: Path) -> PolicyLine:
    """Return the line that rejects what has a value that is none of those allowed."""
    match = Match(outside=Outside.model_validate({key: allowed}))
    words, of = key.replace("-", " "), _FIELDS[key.replace("-", "_")]
    first = patterns.outside(allowed)
    rule = PolicyRule(
        match=match, do="reject", because=because or f"its {words} is not in the policy"
    )
    return replace(
        _of_rule(rule, (*at, _SETTINGS[key])),
        reason_of=None
        if because
        else lambda entry: f"{words} {first(of(entry))} is not in the policy",
    )


def _of_rule(rule: PolicyRule, path: Path) -> PolicyLine:
    return PolicyLine(
        path=path,
        do=rule.do,
        because=rule.because,
        conditions=tuple(_conditions(rule.match)),
        names=_names(rule.match),
        age=_longest_age(rule.match),
        needs_advisories=bool(rule.match.advisory or rule.match.outside.advisory),
    )


def _longest_age(match: Match) -> int:
    ages = (match.published_before, match.published_within)
    return max((seconds(text) * _SECOND for text in ages if text is not None), default=0)


def _conditions(match: Match) -> Iterator[Condition]:
    # In the order of _FIELDS: what needs no document is asked first.
    for field, of in _FIELDS.items():
        if given := getattr(match, field):
            yield _any_fits(of, given)
        if given := getattr(match.outside, field):
            things = _ONE_OF.get(field)
            yield _none_fits(things, given) if things else _any_is_outside(of, given)
    if match.published_before is not None:
        yield _older(seconds(match.published_before) * _SECOND)
    if match.published_within is not None:
        yield _younger(seconds(match.published_within) * _SECOND)
    if match.has_secrets is not None:
        yield _secrets(wanted=match.has_secrets)


def _any_fits(of: Callable[[PolicyEntry], frozenset[str]], given: tuple[str, ...]) -> Condition:
    fits = patterns.matcher(given)
    return lambda entry: fits(of(entry))


def _any_is_outside(
    of: Callable[[PolicyEntry], frozenset[str]], given: tuple[str, ...]
) -> Condition:
    first = patterns.outside(given)
    return lambda entry: first(of(entry)) is not None


def _none_fits(
    of: Callable[[PolicyEntry], frozenset[frozenset[str]]], given: tuple[str, ...]
) -> Condition:
    fits = patterns.matcher(given)
    return lambda entry: not all(map(fits, of(entry)))


def _older(age: int) -> Condition:
    return lambda entry: entry.published is not None and entry.age > age


def _younger(age: int) -> Condition:
    return lambda entry: entry.age <= age


def _secrets(*, wanted: bool) -> Condition:
    return lambda entry: entry.has_secrets is wanted


def _names(match: Match) -> frozenset[str] | None:
    """Return the exact names and namespaces that a match is about, None if it may be any."""
    for values, exact in ((match.name, _exact_name), (match.namespace, _exact_namespace)):
        named = [exact(value.lower()) for value in values]
        if named and all(named):
            return frozenset(filter(None, named))
    return None


def _exact_name(pattern: str) -> str:
    if patterns.is_exact(pattern):
        return pattern
    namespace, slash, rest = pattern.partition("/")
    return f"{namespace}/" if slash and rest == "*" and patterns.is_exact(namespace) else ""


def _exact_namespace(pattern: str) -> str:
    return f"{pattern}/" if patterns.is_exact(pattern) else ""
