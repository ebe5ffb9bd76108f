"""Settings that keep working and have a better place by now: a note each, with line and column."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model import strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG
from builder.policy.codes import OLD_SETTING

_NOW = {
    ("policy", "repository_hosts"): "stands under policy.publish now",
    ("policy", "package_registries"): "stands under policy.publish now",
    ("policy", "mirror", "include"): "is read as the line "
    "{match: {outside: {name: [...]}}, do: reject} of policy.mirror.rules",
    ("policy", "mirror", "exclude"): "is read as the line "
    "{match: {name: [...]}, do: reject} of policy.mirror.rules",
}


def notes(data: bytes) -> Iterator[Finding]:
    """Yield a note for each old setting in a registry.yaml that can be read."""
    value, find = strict_yaml.parse(data), strict_yaml.locator(data)
    for path, now in _NOW.items():
        if _has(value, path):
            line, column = find(path) or (1, 1)
            yield Finding(
                rule=OLD_SETTING,
                severity=Severity.NOTE,
                path=CONFIG,
                message=f"{'.'.join(path)} {now}; it keeps working as it is",
                line=line,
                column=column,
            )


def _has(value: object, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
