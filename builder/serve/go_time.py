"""RFC 3339 as Go's time.Parse reads it, and the official API with it.

https://pkg.go.dev/time#Parse: capital letters only, no leap second, a comma or a point before the
fraction, one digit for an hour, offsets up to 24:60.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from builder.model.timestamp import SECOND

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_EPOCH = date(1970, 1, 1).toordinal()
_YEARS, _DAYS = 400, 146_097
"""The calendar repeats after so many years and days; Python's begins with the year 1, Go's with 0."""


def parse(text: str) -> int:
    """Read a time as nanoseconds since 1970; ValueError if Go does not take it."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    if not (hour < 24 and minute < 60 and second < 60 and _is_day(year, month, day)):
        raise ValueError(f"no such time: {text!r}")
    if int(hours or 0) > 24 or int(minutes or 0) > 60:
        raise ValueError(f"no such offset: {text!r}")
    days = date(year + _YEARS if year < 1 else year, month, day).toordinal() - _EPOCH
    days -= _DAYS if year < 1 else 0
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * (-60 if sign == "-" else 60)
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset
    return seconds * SECOND + int((fraction or "")[:9].ljust(9, "0"))


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or _YEARS, month)[1]
