from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.pages.sync import names
from tests.registry import Registry, entry_file

MANY = [f"io.github.user{number:06}/server" for number in range(0, 80_000, 2)]
SHARDS = [tuple(shard) for shard in names.cut(MANY)]


def test_shards_are_of_a_size_that_one_request_can_look_through() -> None:
    sizes = [len(shard) for shard in SHARDS]
    assert max(sizes) <= 2 * names.SIZE
    assert min(sizes[:-1]) >= names.SIZE / 2
    assert [name for shard in SHARDS for name in shard] == MANY


@given(number=st.integers(0, 39_999))
@settings(max_examples=10, deadline=None)
def test_a_new_server_renews_few_shards(number: int) -> None:
    new = f"io.github.user{2 * number + 1:06}/server"
    after = {tuple(shard) for shard in names.cut(sorted([*MANY, new]))}
    assert 1 <= len(after - set(SHARDS)) <= 3


def test_a_line_has_name_time_and_marked_versions(registry: Registry) -> None:
    name = "com.example/weather"
    registry.commit({**entry_file(version="1.0.0"), **entry_file(version="2.0.0")})
    registry.commit({f"servers/{name}/status.yaml": '"2.0.0": {status: deleted}\n'})
    (server,) = registry.load().catalogue.servers
    assert names.line(server) == f"{name}\t2023-11-14T22:16:20.001001Z\t1.0.0*\t2.0.0!\n"
