"""What a registry holds of its versions takes the memory of their bytes, not of orjson's buffers."""

from __future__ import annotations

import tracemalloc

import orjson
import pytest

from builder.model import server_json

VALUE = {"name": "io.example/weather", "description": "Tells the weather. " * 40}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(orjson.dumps(VALUE, option=orjson.OPT_INDENT_2), id="plain"),
        pytest.param(orjson.dumps(VALUE).replace(b",", b" ,", 1), id="other white space"),
    ],
)
def test_a_document_keeps_no_spare_room(data: bytes) -> None:
    tracemalloc.start()
    try:
        kept = [server_json.compact(data).text for _ in range(100)]
        kept += [made.text for _ in range(100) if (made := server_json.compact_strictly(data))]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == 200
    assert held < 1.2 * sum(map(len, kept))
