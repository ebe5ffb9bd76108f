"""Which findings are told and count: by severity and by rule, as linters have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from builder.gate.codes import texts
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The findings of at least `severity`, of the rules in `select` (all if empty) but not in `ignore`."""

    severity: Severity = Severity.NOTE
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that are selected, in their order."""
        return [
            finding
            for finding in findings
            if finding.severity.rank >= self.severity.rank
            and (not self.select or finding.rule in self.select)
            and finding.rule not in self.ignore
        ]

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not told, in words."""
        rules = f"rules but {', '.join(self.select)} (--select)" if self.select else ""
        ignored = f"{', '.join(self.ignore)} (--ignore)" if self.ignore else ""
        return tuple(text for text in (rules, ignored) if text)


def read_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Read rule codes, several in a value with commas between; RegistryError for an unknown one."""
    codes = tuple(code.strip() for value in values for code in value.split(",") if code.strip())
    known = texts()
    for code in codes:
        if code not in known:
            raise RegistryError(f"there is no rule {code!r}", help=_like(code, known))
    return codes


def _like(code: str, known: Collection[str]) -> str:
    like = get_close_matches(code, known, 1)
    return f"did you mean {like[0]}?" if like else "the page Rules lists them"
