"""The list's queries agree with an obvious oracle, whatever is asked of whatever data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.catalogue.server import Version
from builder.model import timestamp
from builder.model.sidecars import Status
from builder.pages.api.problem import ProblemDocument
from builder.serve import cursor as cursors
from builder.serve import query
from builder.serve.cursor import PageStart
from builder.serve.parameters import parse_list
from builder.serve.query import Index, ListQuery

names = st.sampled_from(
    ["a/b", "a/B", "a/b-c", "com.x/weather", "com.x/Weather.2", "io.git_hub/w%r"]
)
texts = st.sampled_from(["1.0.0", "1.10.0", "1.9.0", "latest-1", "1.0.0+b", "x:y"])
times = st.integers(0, 4).map(lambda day: 1_700_000_000_000_000_000 + day * 86_400_000_000_000)


@dataclass(frozen=True)
class Row:
    name: str
    version: str
    updated: int
    latest: bool
    deleted: bool


rows = st.lists(
    st.builds(Row, names, texts, times, st.booleans(), st.booleans()),
    unique_by=lambda row: (row.name, row.version),
    max_size=25,
)
parameters = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.sampled_from(["1", "2", "3", "100", "30"]),
        "search": st.sampled_from(
            ["", "w", "W", "eat", "%", "_", "a/b", "COM.X", "zzz", "\n", "r\nc"]
        ),
        "updated_since": times.map(timestamp.render),
        "version": st.sampled_from(["latest", "1.0.0", "Latest", ""]),
        "include_deleted": st.sampled_from(["true", "1", "T"]),
    },
)


def read(
    given: Iterable[tuple[str, str]], page_start: PageStart = lambda *_: None
) -> ListQuery | ProblemDocument:
    """Read parameters without an overlap, as of a registry without list pages."""
    return parse_list(given, page_start, lambda time: time)


def index(data: list[Row]) -> Index:
    return Index(query.read_item(body(row)) for row in data)


def body(row: Row) -> bytes:
    return Version(
        name=row.name,
        version=row.version,
        document=orjson.dumps({"name": row.name, "version": row.version}),
        blob="",
        status=Status.DELETED if row.deleted else Status.ACTIVE,
        status_message="",
        published=0,
        status_changed=0,
        updated=row.updated,
        is_latest=row.latest,
    ).item("x")


def oracle(data: list[Row], asked: dict[str, str]) -> list[tuple[str, str]]:
    """Filter, then sort: the official contract, section 1.4, said once more."""
    since = asked.get("updated_since")
    kept = [
        row
        for row in data
        if (not row.deleted or "include_deleted" in asked or since)
        and asked.get("search", "").lower() in row.name.lower()
        and (not since or row.updated > timestamp.parse(since))
        and (
            asked.get("version", "") in ("", row.version)
            or (asked["version"] == "latest" and row.latest)
        )
    ]
    return sorted((row.name, row.version) for row in kept)


def walk(
    data: list[Row], asked: dict[str, str], drop: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """Follow cursors to the end, leaving out the parameters in `drop` after the first page."""
    seen: list[tuple[str, str]] = []
    current, limit = dict(asked), int(asked.get("limit", 30))
    whole = index(data)
    for _ in range(len(data) + 2):
        parsed = read(parse_qsl(urlencode(current)))
        assert not isinstance(parsed, ProblemDocument)
        answer = orjson.loads(query.answer(whole, parsed))
        page = [(item["server"]["name"], item["server"]["version"]) for item in answer["servers"]]
        assert answer["metadata"]["count"] == len(page) <= limit
        assert page or not seen, "a cursor is there exactly when more follows"
        seen += page
        cursor = answer["metadata"].get("nextCursor")
        if cursor is None:
            return seen
        assert cursor.replace("-", "").replace("_", "").isalnum()
        current = {key: value for key, value in asked.items() if key not in drop} | {
            "cursor": cursor
        }
    raise AssertionError("the walk does not end")


@given(rows, parameters)
def test_a_walk_gives_what_the_oracle_gives(data: list[Row], asked: dict[str, str]) -> None:
    assert walk(data, asked) == oracle(data, asked)


@given(rows, parameters)
def test_a_cursor_carries_the_whole_filter(data: list[Row], asked: dict[str, str]) -> None:
    assert walk(
        data, asked, drop=("search", "version", "updated_since", "include_deleted")
    ) == oracle(data, asked)


@given(rows, names, texts)
def test_an_upstream_cursor_is_understood(data: list[Row], name: str, version: str) -> None:
    parsed = read([("cursor", f"{name}:{version}"), ("limit", "100")])
    assert not isinstance(parsed, ProblemDocument)
    keys = [item.key for item in index(data).matches(parsed)]
    assert keys == [key for key in oracle(data, {}) if key > (name, version)]


@given(rows, names)
def test_an_upstream_cursor_without_a_version_is_after_all_versions_of_its_name(
    data: list[Row], name: str
) -> None:
    parsed = read([("cursor", name), ("limit", "100")])
    assert not isinstance(parsed, ProblemDocument)
    keys = [item.key for item in index(data).matches(parsed)]
    assert keys == [key for key in oracle(data, {}) if key[0] > name]


def test_what_is_asked_counts_more_than_what_a_cursor_carries() -> None:
    carried = {"search": "old", "version": "latest", "include_deleted": "true"}
    cursor = cursors.encode(("a/b", "1.0.0"), carried)
    parsed = read([("cursor", cursor), ("search", "new")])
    assert parsed == query.ListQuery(
        after=("a/b", "1.0.0"),
        search="new",
        version="latest",
        include_deleted=True,
        filters={**carried, "search": "new"},
    )


@given(rows, names, texts)
def test_a_page_cursor_begins_with_the_key_that_its_page_starts_at(
    data: list[Row], name: str, version: str
) -> None:
    asked: list[tuple[str, int]] = []

    def page_start(letter: str, number: int) -> cursors.Key:
        asked.append((letter, number))
        return name, version if letter == "a" else ""

    for letter, filters in (("a", {}), ("l", {"version": "latest"})):
        parsed = read([("cursor", f"{letter}7")], page_start)
        assert not isinstance(parsed, ProblemDocument)
        keys = [item.key for item in index(data).matches(parsed)]
        start = page_start(letter, 7)
        assert keys == [key for key in oracle(data, filters) if key >= start]
    assert set(asked) == {("a", 7), ("l", 7)}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["cursor", "limit", "search", "updated_since", "version", "include_deleted", "q"]
            ),
            st.text(),
        )
    )
)
def test_any_query_is_answered_or_refused(asked: list[tuple[str, str]]) -> None:
    parsed = read(asked)
    if isinstance(parsed, ProblemDocument):
        assert orjson.loads(parsed.body())["status"] in (400, 422)
    else:
        query.answer(index([]), parsed)


@pytest.mark.parametrize(
    ("asked", "status", "location"),
    [
        ("limit=0", 422, "query.limit"),
        ("limit=101", 422, "query.limit"),
        ("limit=ten", 422, "query.limit"),
        ("limit=1.5", 422, "query.limit"),
        ("limit=" + "9" * 5_000, 422, "query.limit"),
        ("include_deleted=yes", 422, "query.include_deleted"),
        ("updated_since=2025-08-07", 400, None),
        ("updated_since=yesterday", 400, None),
        ("updated_since=2025-08-07T13:15:04.280Z&include_deleted=false", 400, None),
    ],
)
def test_problems(asked: str, status: int, location: str | None) -> None:
    problem = read(parse_qsl(asked))
    assert isinstance(problem, ProblemDocument)
    assert problem.status == status
    assert [error["location"] for error in problem.errors] == ([location] if location else [])


@pytest.mark.parametrize(
    "asked",
    ["limit=", "updated_since=", "cursor=&search=", "q=x&tags=y&sort=z", "limit=5&limit=ten"],
)
def test_empty_unknown_and_repeated_parameters_are_tolerated(asked: str) -> None:
    assert not isinstance(read(parse_qsl(asked, keep_blank_values=True)), ProblemDocument)
