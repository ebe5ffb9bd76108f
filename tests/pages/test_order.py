"""Orders of rows and tables by name, brought up: as if they were made anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builder.catalogue.by_server import renewed
from builder.pages.html.order import RowChanges, brought_up
from builder.pages.html.row import ServerRow

names = st.text("abc-/", min_size=1, max_size=3)
tables = st.dictionaries(names, st.integers(0, 3), max_size=8)


def _row(name: str, first: int) -> ServerRow:
    blank = ServerRow._make([""] * len(ServerRow._fields))
    return blank._replace(key=f"{name} {first}", name=name, first=first)


def _key(row: ServerRow) -> tuple[int, str]:
    return -row.first, row.name


@given(tables, tables)
def test_an_order_that_is_brought_up_is_the_order_of_what_there_is(
    before: dict[str, int], now: dict[str, int]
) -> None:
    was, there = ([_row(*one) for one in table.items()] for table in (before, now))
    changes = RowChanges(
        gone=[row for row in was if row not in there], new=[row for row in there if row not in was]
    )
    assert brought_up(sorted(was, key=_key), changes, _key) == sorted(there, key=_key)


@given(tables, tables)
def test_a_table_that_is_brought_up_is_by_name_and_has_what_there_is(
    before: dict[str, int], now: dict[str, int]
) -> None:
    changed = {name for name in before | now if before.get(name) != now.get(name)}
    there = {name: value for name, value in now.items() if name in changed}
    last = dict(sorted(before.items()))
    assert [*renewed(last, changed, there).items()] == sorted(now.items())
