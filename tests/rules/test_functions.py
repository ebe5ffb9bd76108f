"""The pure functions agree with every vector recorded from the official code."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model import version
from builder.package_proof.name_token import mcp_name_token
from builder.rules import remotes
from builder.rules.mcpb import mcpb_url_problem, mcpb_url_shape
from builder.rules.meta import encoded_size
from tests.rules import vectors

VECTORS = vectors.load()


@pytest.mark.parametrize("vector", VECTORS["mcp_name_token"], ids=lambda v: repr(v["content"]))
def test_name_token(vector: dict[str, Any]) -> None:
    assert mcp_name_token(vector["content"], vector["server_name"]) is vector["match"]


@pytest.mark.parametrize("vector", VECTORS["mcpb_url_shape"], ids=lambda v: v["url"])
def test_mcpb_url_shape(vector: dict[str, Any]) -> None:
    assert mcpb_url_shape(vector["url"]) is vector["accept"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://github.com/o/r/releases/download/v1/x.mcpb", None),
        ("http://github.com/o/r/releases/download/v1/x.mcpb", "https"),
        ("https://github.com/o/r/releases/download/v1/x.zip", "mcp"),
        ("https://github.com:443/o/r/releases/download/v1/x.mcpb", "release"),
        ("https://github.com/o/r/releases/download/v1%2Frc/x.mcpb", "release"),
        ("https://github.com/%zz", "URL"),
    ],
)
def test_mcpb_url_problem(url: str, problem: str | None) -> None:
    found = mcpb_url_problem(url)
    assert (found is None) if problem is None else (found is not None and problem in found)


@pytest.mark.parametrize("vector", VECTORS["is_semantic_version"], ids=lambda v: v["version"])
def test_semantic_version(vector: dict[str, Any]) -> None:
    assert (version.semver_key(vector["version"]) is not None) is vector["result"]


@pytest.mark.parametrize("vector", VECTORS["compare_versions"], ids=lambda v: f"{v['a']}~{v['b']}")
def test_compare_versions(vector: dict[str, Any]) -> None:
    a, b, at, bt = (vector[key] for key in ("a", "b", "published_a", "published_b"))
    assert version.compare(a, b, at, bt) == vector["result"]
    assert version.compare(b, a, bt, at) == -vector["result"]


# Written plainly, as the contract has it (3.6); too slow for an address of 30,000 braces.
VARIABLE, IN_PORT = re.compile(r"\{([^}]+)\}"), re.compile(r":\{[^}]+\}(/|\Z)")


@given(st.lists(st.sampled_from(["{", "}", ":", "/", "a", ":{", "{port}", "}/", "?"])).map("".join))
def test_variables_are_substituted_as_upstream_does(url: str) -> None:
    plain = url.replace("{port}", "8080")
    plain = VARIABLE.sub("placeholder", IN_PORT.sub(r":8080\1", plain))
    assert remotes.substituted(url) == plain
    assert remotes.variables(url) == list(dict.fromkeys(VARIABLE.findall(url)))


@pytest.mark.parametrize("url", ["{" * 60_000, ":{" * 30_000 + "}x", "}" + ":{" * 30_000])
def test_hostile_braces_cost_nothing(url: str) -> None:
    before = time.process_time()
    remotes.substituted(url)
    remotes.variables(url)
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1e-7, "1e-7"),
        (9.5e-07, "9.5e-7"),
        (1e-10, "1e-10"),
        (0.000001, "0.000001"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-0.0, "-0"),
        (100, "100"),
        ("a<&\u2028\x7f\b", '"a\\u003c\\u0026\\u2028\x7f\\b"'),
        ({"<": [True, None]}, '{"\\u003c":[true,null]}'),
    ],
)
def test_publishers_data_is_counted_as_go_writes_it(value: object, written: str) -> None:
    """`written` is what Go's encoding/json makes of the value."""
    assert encoded_size(value) == len(written.encode())
