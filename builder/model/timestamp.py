"""RFC 3339 timestamps as the API writes them, and as integers that compare.

The official registry writes UTC with microseconds, trailing zeros trimmed
("2025-09-09T00:16:49.16262Z"). Git knows seconds. Inside the builder a time is an integer of
nanoseconds since 1970, so that nothing is rounded and nothing depends on a time zone.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
SECOND = 1_000_000_000
DAY = 24 * 60 * 60 * SECOND
_EPOCH = date(1970, 1, 1).toordinal()
# Seconds since 1970 of the years that can be written, 1 to 9999: an offset can lead out of them.
_FIRST = (date.min.toordinal() - _EPOCH) * 24 * 3600
LAST_SECOND = (date.max.toordinal() + 1 - _EPOCH) * 24 * 3600 - 1


@lru_cache(maxsize=4096)  # mostly the same version states it twice
def parse(text: str) -> int:
    """Return an RFC 3339 timestamp as nanoseconds since 1970; ValueError if it is not one."""
    # As the API writes it: what is left is looked up, but for the fraction of a second.
    hours, second = _HOURS_READ.get(text[:_HOUR]), _SECONDS.get(text[_HOUR:_WHOLE])
    fraction = text[_WHOLE:-1]
    if hours is not None and second is not None and text[-1:] == "Z" and len(text) > _WHOLE:
        if not fraction:
            return hours + second
        if fraction[0] == "." and fraction[1:].isdecimal() and fraction.isascii():
            return hours + second + int(fraction[1:10].ljust(9, "0"))
    return _parsed(text)


def _parsed(text: str) -> int:
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 timestamp: {text!r}")
    *fields, fraction, zone = match.groups()
    year, month, day, hour, minute, second = map(int, fields)
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(f"not an RFC 3339 timestamp: {text!r}")
    days = date(year, month, day).toordinal() - _EPOCH
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - _offset(zone)
    if not _FIRST <= seconds <= LAST_SECOND:
        raise ValueError(f"not in the years 1 to 9999 of UTC: {text!r}")
    if zone == "Z" and text[10] == "T":
        _HOURS_READ[text[:_HOUR]] = (days * 24 + hour) * 3600 * SECOND
    return seconds * SECOND + int((fraction or "").ljust(9, "0"))


def from_git(seconds: int) -> int:
    """Return git's seconds since 1970 as nanoseconds."""
    return seconds * SECOND


def render(nanoseconds: int) -> str:
    """Return nanoseconds since 1970 as the API writes a time: UTC, `Z`, no trailing zeros."""
    seconds, rest = divmod(nanoseconds, SECOND)
    hours, second = divmod(seconds, 3600)
    if not rest:
        return _HOURS[hours] + _IN_HOUR[second]
    fraction = f"{rest:09d}".rstrip("0")
    return f"{_HOURS[hours]}{_IN_HOUR[second][:-1]}.{fraction}Z"


class _Hours(dict[int, str]):
    """How the times of an hour begin, by hours since 1970: a registry has far more times than hours."""

    def __missing__(self, hours: int) -> str:
        days, hour = divmod(hours, 24)
        self[hours] = text = f"{_day(days)}T{hour:02}:"
        return text


_HOURS = _Hours()
_IN_HOUR = tuple(f"{minute:02}:{second:02}Z" for minute in range(60) for second in range(60))
_HOUR, _WHOLE = len("2025-09-09T00:"), len("2025-09-09T00:16:49")
_HOURS_READ: dict[str, int] = {}
"""When an hour begins, by how its times do, of each hour that was read."""
_SECONDS = {text[:-1]: second * SECOND for second, text in enumerate(_IN_HOUR)}


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    # isoformat, because strftime("%Y") does not pad years before 1000 on every system.
    return date.fromordinal(days + _EPOCH).isoformat()


def _offset(zone: str) -> int:
    if zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(f"not a time zone offset: {zone!r}")
    seconds = hours * 3600 + minutes * 60
    return -seconds if zone[0] == "-" else seconds
