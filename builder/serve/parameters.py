"""Query parameters of the official API, read as it reads them: parameters in, a query or a problem out.

Of a parameter given twice the first counts, an empty one is as good as none, unknown ones are
ignored. Defaults, limits and messages are upstream's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from builder.pages.api import limits, problem
from builder.pages.api.problem import ProblemDocument
from builder.serve import cursor, go_time
from builder.serve.cursor import PageStart
from builder.serve.overlap import Since
from builder.serve.query import ListQuery

# What Go's strconv.ParseBool takes, and the official server with it.
_BOOLEANS = dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True)
_BOOLEANS |= dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False)
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_FILTERS = ("search", "version", "updated_since", "include_deleted")


def parse_list(
    parameters: Iterable[tuple[str, str]], page_start: PageStart, since: Since
) -> ListQuery | ProblemDocument:
    """Read the parameters of the list; `since` gives the time by which `updated_since` is answered."""
    given = _first_values(parameters)
    if errors := (*_limit_errors(given), *_boolean_errors(given)):
        return _invalid(errors)
    position = cursor.decode(given["cursor"], page_start) if "cursor" in given else cursor.Cursor()
    filters = parse_filters({**position.filters, **given}, since)
    if isinstance(filters, ProblemDocument):
        return filters
    return replace(
        filters,
        after=position.after,
        start=position.start,
        limit=int(given.get("limit", limits.USUAL)),
        until=_until(position.filters),
    )


def parse_filters(given: Mapping[str, str], since: Since) -> ListQuery | ProblemDocument:
    """Read the filters of the list, given or carried by a cursor: a query from the beginning on."""
    moment = parse_since(given, since)
    if isinstance(moment, ProblemDocument):
        return moment
    deleted = _BOOLEANS.get(given.get("include_deleted", ""))
    carried = {key: given[key] for key in _FILTERS if key in given}
    carried.pop("include_deleted", None)
    if deleted and moment is None:
        carried["include_deleted"] = "true"
    return ListQuery(
        search=given.get("search", ""),
        updated_since=moment,
        version=given.get("version", ""),
        include_deleted=moment is not None or bool(deleted),
        filters=carried,
    )


def parse_since(given: Mapping[str, str], since: Since) -> int | ProblemDocument | None:
    """Read `updated_since`: the time to answer by, None without the parameter."""
    if "updated_since" not in given:
        return None
    try:
        time = go_time.parse(given["updated_since"])
    except ValueError:
        return problem.BAD_TIME
    if _BOOLEANS.get(given.get("include_deleted", "")) is False:
        return problem.DELETED_WITH_SINCE
    return since(time)


def _until(carried: Mapping[str, str]) -> int | None:
    try:
        return go_time.parse(carried.get(cursor.UNTIL, ""))
    except ValueError:
        return None  # no cursor of ours says otherwise


def parse_single(parameters: Iterable[tuple[str, str]]) -> bool | ProblemDocument:
    """Read the query of the single-server endpoints: whether deleted versions are wanted."""
    given = _first_values(parameters)
    if errors := tuple(_boolean_errors(given)):
        return _invalid(errors)
    return _BOOLEANS.get(given.get("include_deleted", ""), False)


def _first_values(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for key, value in parameters:
        given.setdefault(key, value)
    return {key: value for key, value in given.items() if value}


def _limit_errors(given: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    text = given.get("limit")
    if text is None:
        return
    if not _INTEGER.fullmatch(text):
        yield _error("invalid integer", "limit", text)
    elif int(text) < limits.LEAST:
        yield _error(f"expected number >= {limits.LEAST}", "limit", int(text))
    elif int(text) > limits.MOST:
        yield _error(f"expected number <= {limits.MOST}", "limit", int(text))


def _boolean_errors(given: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    text = given.get("include_deleted")
    if text is not None and text not in _BOOLEANS:
        yield _error("invalid boolean", "include_deleted", text)


def _error(message: str, parameter: str, value: object) -> Mapping[str, Any]:
    return {"message": message, "location": f"query.{parameter}", "value": value}


def _invalid(errors: tuple[Mapping[str, Any], ...]) -> ProblemDocument:
    return replace(problem.INVALID, errors=errors)
