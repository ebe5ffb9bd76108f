"""Queries against the oracle: Hypothesis asks `serve` and the worker, page by page to the end."""

from __future__ import annotations

import string
from collections.abc import Mapping

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder.model import timestamp
from tests.conformance import oracle, site
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_promises import keys
from tests.registry import START

HOSTS = ["serve", "worker"]
# The site's commits are at full hours after its first one: half of the times are those of changes.
TIMES = st.one_of(
    st.integers(START - 3600, START + 3600 * 30).map(timestamp.from_git),
    st.builds(
        lambda hour, change: timestamp.from_git(START + 60 + 3600 * hour) + change * 1000,
        st.integers(0, 30),
        st.integers(0, 300),
    ),
).map(timestamp.render)
SINCE = timestamp.render(timestamp.from_git(START + 60 + 3600))
SEARCHES = st.one_of(
    st.sampled_from([*site.WORDS, *site.PUBLISHERS, "io.github", "A", "/", "-3", "X.y", "%", "_"]),
    st.text(string.ascii_letters + string.digits + "./-_%+&é", max_size=6),
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "search": SEARCHES,
        "version": st.sampled_from(["latest", "1.0.0", "1.2.0", *site.ODD_VERSIONS, "9", "Latest"]),
        "include_deleted": st.sampled_from(["true", "1", "t"]),
        "updated_since": st.one_of(TIMES, st.just("2025-10-01T12:00:00.4Z")),
    },
)
READABLE = ("2025-01-01T00:00:00Z", "0001-01-01T0:00:00,5+24:60", "0000-02-29T00:00:00Z")
LIMITS = st.one_of(st.none(), st.integers(1, 100))
LAWS = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", HOSTS)
@given(query=QUERIES, limit=LIMITS)
@example(query={"version": "latest", "include_deleted": "true"}, limit=None)
@example(query={"updated_since": SINCE}, limit=100)
@example(query={"updated_since": SINCE, "version": "latest", "search": "mail"}, limit=None)
@LAWS
def test_pages_hold_what_was_asked_for_in_order_and_once(
    name: str,
    query: Mapping[str, str],
    limit: int | None,
    host: GiveHost,
    built: GiveBuilt,
    client: httpx.Client,
) -> None:
    found = oracle.expected(built("").catalogue, query)
    size = limit or 30
    given_limit = {} if limit is None else {"limit": str(limit)}
    pages = [found[start : start + size] for start in range(0, len(found), size)] or [[]]
    parameters: dict[str, str] = {**query, **given_limit}
    url = f"{host(name)}/v0.1/servers"
    for number, page in enumerate(pages, 1):
        response = client.get(url, params=parameters)
        assert response.status_code == 200, response.text
        assert keys(response.json()) == page
        metadata = response.json()["metadata"]
        assert metadata["count"] == len(page)
        assert ("nextCursor" in metadata) == (number < len(pages))
        # As VS Code does: nothing but the cursor and the limit from the second page on.
        parameters = {**given_limit, "cursor": metadata.get("nextCursor", "")}
        assert set(parameters["cursor"]) <= {*string.ascii_letters, *string.digits, "-", "_"}


@pytest.mark.parametrize("name", HOSTS)
@given(
    limit=st.one_of(st.integers(-2, 103).map(str), st.sampled_from(["", "1.5", "１", "0x1", "+7"])),
    deleted=st.sampled_from(["", "true", "false", "yes", "TRUE", "0"]),
    since=st.sampled_from(
        [
            "",
            "2025-01-01",
            *READABLE,
            "2016-12-31T23:59:60Z",
            "2025-02-30T00:00:00Z",
            "x",
            "2025-01-01t00:00:00Z",
            "2025-01-01T25:00:00Z",
            "2025-01-01T00:00:00+25:00",
        ]
    ),
)
@example(limit="", deleted="", since=READABLE[1])
@LAWS
def test_parameters_are_refused_as_upstream_refuses_them(
    name: str, limit: str, deleted: str, since: str, host: GiveHost, client: httpx.Client
) -> None:
    parameters = {"limit": limit, "include_deleted": deleted, "updated_since": since}
    response = client.get(f"{host(name)}/v0.1/servers", params=parameters)
    is_limit = limit.removeprefix("+").isascii() and limit.removeprefix("+").isdigit()
    wrong_limit = limit != "" and not (is_limit and 1 <= int(limit) <= 100)
    wrong_deleted = deleted == "yes"
    if wrong_limit or wrong_deleted:
        assert response.status_code == 422
        wrong = ["query.limit"] * wrong_limit + ["query.include_deleted"] * wrong_deleted
        assert [error["location"] for error in response.json()["errors"]] == wrong
    elif since not in ("", *READABLE) or (since and deleted in ("false", "0")):
        assert response.status_code == 400
    else:
        assert response.status_code == 200


@pytest.mark.parametrize("name", HOSTS)
def test_what_is_asked_counts_more_than_what_a_cursor_carries(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    url = f"{host(name)}/v0.1/servers"
    first = client.get(url, params={"search": "mail", "limit": "1"}).json()
    cursor = first["metadata"]["nextCursor"]
    second = client.get(url, params={"search": "maps", "limit": "100", "cursor": cursor}).json()
    assert second["servers"]
    assert all("maps" in item["server"]["name"] for item in second["servers"])


@given(cursor=st.text(string.printable, max_size=20))
@LAWS
def test_serve_and_worker_agree_on_any_cursor(
    cursor: str, host: GiveHost, client: httpx.Client
) -> None:
    answers = [
        client.get(f"{host(name)}/v0.1/servers", params={"cursor": cursor, "limit": "3"})
        for name in HOSTS
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()


@given(query=QUERIES, limit=LIMITS)
@LAWS
def test_serve_and_worker_write_the_same_bytes(
    query: Mapping[str, str], limit: int | None, host: GiveHost, client: httpx.Client
) -> None:
    parameters = {**query, **({} if limit is None else {"limit": str(limit)})}
    first, second = (
        client.get(f"{host(name)}/v0/servers", params=parameters).content for name in HOSTS
    )
    assert first == second


SEARCHED = (
    {"q": "weather"},
    {"q": "weathr"},
    {"q": "com.example"},
    {"q": "tells the weather", "limit": "2", "offset": "1"},
    {"q": ""},
    {"q": "weather", "topic": "weather", "limit": "999"},
    {"q": "weather", "topic": "nothing", "limit": "-1", "offset": "x"},
)


@pytest.mark.parametrize("asked", SEARCHED, ids=str)
def test_serve_and_worker_find_the_same(
    asked: Mapping[str, str], host: GiveHost, client: httpx.Client
) -> None:
    address = "v0.1/x/com.example.registry/search"
    first, second = (client.get(f"{host(name)}/{address}", params=asked) for name in HOSTS)
    assert first.content == second.content
    if asked == {"q": "weather"}:
        assert "weather" in first.json()["results"][0]["name"]


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize(
    ("tail", "detail"),
    [
        ("%zz/versions/latest", "Invalid server name encoding"),
        ("com.example%2Fodd/versions/%e", "Invalid version encoding"),
        ("%ff/versions", "Invalid server name encoding"),
        ("%25zz/versions", "Invalid server name encoding"),
        ("com.example%2Fodd.name_x/versions/100%25", "Invalid version encoding"),
    ],
)
def test_what_is_no_percent_encoding_is_refused(
    name: str, tail: str, detail: str, host: GiveHost, client: httpx.Client
) -> None:
    answer = client.get(f"{host(name)}/v0.1/servers/{tail}")
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("tail", ["/versions", "/versions/latest", "/versions/1.0.0%252Bbuild.5"])
def test_a_name_that_was_encoded_twice_is_found(
    name: str, tail: str, host: GiveHost, client: httpx.Client
) -> None:
    once, twice = (
        client.get(f"{host(name)}/v0.1/servers/com.example{slash}odd.name_x{end}")
        for slash, end in (("%2F", tail.replace("%25", "%")), ("%252F", tail))
    )
    assert twice.status_code == 200
    assert twice.content == once.content
