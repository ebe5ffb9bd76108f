"""Nothing is ever missed: commits, deploys minutes later, and clients that ask what was updated."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.cache.memo import Memo
from builder.catalogue.catalogue import Catalogue
from builder.history import clock
from builder.model import timestamp
from builder.pages.sync import changes
from builder.serve.overlap import ChangeTimes
from builder.serve.parameters import parse_list
from builder.serve.query import Index, ListQuery, answer, read_item
from tests.pull.life import Life, publish

MINUTE = 60
CHANGE = "com.example.registry/change"
OVERLAP = 120 * MINUTE * timestamp.SECOND
Seen = dict[tuple[str, str], str]


class Host:
    """A host that serves the last deployed generation; queries are answered as `serve` does."""

    def __init__(self, folder: Path, overlap: int) -> None:
        self._folder = folder
        self._overlap = overlap
        self._index = Index(())
        self._deployed = 0

    def deploy(self, catalogue: Catalogue) -> None:
        if len(catalogue.events) < self._deployed:
            return  # deploys do not overtake each other
        self._deployed = len(catalogue.events)
        for page in changes.pages(catalogue.events, "changes", CHANGE, Memo()):
            path = self._folder / page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page.body)
        self._index = Index(read_item(version.item("x")) for version in catalogue.versions())

    def ask(self, since: int | None) -> Seen:
        """The answer, by one page of 100: `updatedAt` by key."""
        return self.page(since, limit=100)[0]

    def page(self, since: int | None, cursor: str = "", limit: int = 1) -> tuple[Seen, str]:
        """One page of the answer: `updatedAt` by key, and the cursor of the next one."""
        times = ChangeTimes(lambda path: (self._folder / "changes" / path).read_bytes())
        given = [("limit", str(limit))]
        given += [("updated_since", timestamp.render(since))] if since and not cursor else []
        given += [("cursor", cursor)] if cursor else []
        asked = parse_list(given, lambda *_: None, lambda time: times.since(time, self._overlap))
        assert isinstance(asked, ListQuery)
        body = orjson.loads(answer(self._index, asked))
        seen: Seen = {}
        for item in body["servers"]:
            official = item["_meta"]["io.modelcontextprotocol.registry/official"]
            seen[item["server"]["name"], item["server"]["version"]] = official["updatedAt"]
        return seen, body["metadata"].get("nextCursor", "")


@dataclass
class Client:
    """One that asks for what was updated since its mark; `mark(now, seen)` gives the next one."""

    mark: Callable[[int, Seen], int]
    since: int | None = None
    seen: Seen = field(default_factory=dict)

    def visit(self, host: Host, now: int) -> None:
        self.seen |= host.ask(self.since)
        self.since = self.mark(now, self.seen)


def own_clock(now: int, _seen: Seen) -> int:
    return timestamp.from_git(now)


def own_clock_in_milliseconds(now: int, _seen: Seen) -> int:
    return timestamp.from_git(now) + 123 * clock.MILLISECOND


def high_water(_now: int, seen: Seen) -> int:
    return timestamp.parse(max(seen.values()))


def high_water_of_javascript(_now: int, seen: Seen) -> int:
    return timestamp.parse(max(seen.values())) // clock.MILLISECOND * clock.MILLISECOND


MARKS = (own_clock, own_clock_in_milliseconds, high_water, high_water_of_javascript)
steps = st.lists(
    st.tuples(
        # How long after the commit before; a clock may be behind, two commits may be of one second.
        st.sampled_from((-MINUTE, 0, 1, 20, 5 * MINUTE, 50 * MINUTE, 300 * MINUTE)),
        st.integers(MINUTE, 30 * MINUTE),  # from the commit to its deploy
        st.lists(st.integers(0, 60 * MINUTE), max_size=3),  # visits after the commit
    ),
    min_size=1,
    max_size=12,
)


def live(plan: list[tuple[int, int, list[int]]], overlap: int, folder: Path) -> list[str]:
    """Play a plan; the names of the marks whose client has not got everything at its end."""
    life, host = Life(), Host(folder, overlap)
    clients = {mark.__name__: Client(mark) for mark in MARKS}
    publish("com.example/s0", "1.0.0")(life)
    host.deploy(life.generations[-1])
    happenings: list[tuple[int, int, Callable[[int], None]]] = []
    order = 0
    for number, (after, delay, visits) in enumerate(plan, 1):
        life.time += after
        publish(f"com.example/s{number % 5}", f"1.{number}.0")(life)
        generation = life.generations[-1]
        happenings.append((life.time + delay, order, lambda _, g=generation: host.deploy(g)))  # type: ignore[misc]
        for visit in visits:
            order += 1
            happenings.append((life.time + visit, order, lambda now: _visit(clients, host, now)))
        order += 1
    served = 0
    for now, _, happen in sorted(happenings, key=lambda one: one[:2]):
        happen(now)
        served = max(served, now)
    host.deploy(life.generations[-1])
    _visit(clients, host, served + 30 * MINUTE)
    held = {version.key for version in life.generations[-1].versions()}
    return [name for name, client in clients.items() if client.seen.keys() != held]


def _visit(clients: dict[str, Client], host: Host, now: int) -> None:
    for client in clients.values():
        client.visit(host, now)


@given(steps)
@settings(max_examples=40, deadline=None)
def test_no_client_misses_anything(plan: list[tuple[int, int, list[int]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert live(plan, OVERLAP, Path(folder)) == []


def test_without_an_overlap_a_client_of_its_own_clock_does(tmp_path: Path) -> None:
    plan = [(MINUTE, 10 * MINUTE, [5 * MINUTE])]
    assert live(plan, 0, tmp_path) == ["own_clock", "own_clock_in_milliseconds"]


def test_the_mark_of_a_change_is_answered_to_the_letter(tmp_path: Path) -> None:
    life, host = Life(), Host(tmp_path, OVERLAP)
    for number in range(300):
        publish("com.example/a", f"1.{number}.0")(life)
    host.deploy(life.generations[-1])
    events = life.generations[-1].events
    for event in (events[0], events[255], events[256], events[-1]):
        newer = [
            version for version in life.generations[-1].versions() if version.updated > event.time
        ]
        assert len(host.ask(event.time)) == min(100, len(newer))


@pytest.mark.parametrize("ahead", [1, 1000, 1_000_000, 10 * clock.MICROSECOND])
def test_any_other_mark_reaches_back(tmp_path: Path, ahead: int) -> None:
    life, host = Life(), Host(tmp_path, OVERLAP)
    publish("com.example/a", "1.0.0")(life)
    host.deploy(life.generations[-1])
    assert host.ask(life.generations[-1].events[-1].time + ahead)
    assert not host.ask(life.generations[-1].events[-1].time + ahead + OVERLAP)


@given(st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_walk_across_deploys_leaves_a_mark_that_misses_nothing(between: list[list[int]]) -> None:
    """Before each page of the walk, some servers are published and deployed."""
    life = Life()
    for number in range(6):
        publish(f"com.example/s{number}", "1.0.0")(life)
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder), OVERLAP)
        host.deploy(life.generations[-1])
        mark = life.generations[-1].events[0].time
        seen: Seen = {}
        cursor = ""
        for number, published in enumerate(between):
            for server in published:
                publish(f"com.example/s{server}", f"2.{number}.{len(life.generations)}")(life)
            host.deploy(life.generations[-1])
            page, cursor = host.page(mark, cursor)
            seen |= page
            if not cursor:
                break
        while cursor:
            page, cursor = host.page(mark, cursor)
            seen |= page
        seen |= host.ask(high_water(0, seen) if seen else mark)
        newer = {v.key for v in life.generations[-1].versions() if v.updated > mark}
        assert newer <= seen.keys()


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_first_crawl_across_deploys_is_followed_from_when_it_began(
    between: list[list[int]],
) -> None:
    """As documented: after a crawl of everything ask from the time when it began, then by mark."""
    life = Life()
    for number in range(6):
        publish(f"com.example/s{number}", "1.0.0")(life)
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder), OVERLAP)
        host.deploy(life.generations[-1])
        began, cursor = life.time, ""
        seen: Seen = {}
        for number in range(100):
            for server in between[number] if number < len(between) else ():
                publish(f"com.example/s{server}", f"2.{number}.{len(life.generations)}")(life)
            host.deploy(life.generations[-1])
            page, cursor = host.page(None, cursor)
            seen |= page
            if not cursor:
                break
        seen |= host.ask(timestamp.from_git(began))
        publish("com.example/s0", "3.0.0")(life)
        host.deploy(life.generations[-1])
        seen |= host.ask(high_water(0, seen))
        assert seen.keys() == {version.key for version in life.generations[-1].versions()}


def test_a_first_crawl_across_a_deploy_leaves_no_mark(tmp_path: Path) -> None:
    """Why: what is published behind the page that is read is older than what comes later."""
    life, host = Life(), Host(tmp_path, OVERLAP)
    for server in ("a", "b"):
        publish(f"com.example/{server}", "1.0.0")(life)
    host.deploy(life.generations[-1])
    seen, cursor = host.page(None)
    publish("com.example/0", "1.0.0")(life)
    publish("com.example/b", "2.0.0")(life)
    host.deploy(life.generations[-1])
    while cursor:
        page, cursor = host.page(None, cursor)
        seen |= page
    assert ("com.example/b", "2.0.0") in seen
    assert ("com.example/0", "1.0.0") not in seen | host.ask(high_water(0, seen))
