"""`api: {search: name-or-description}`: the list's `search` looks in descriptions, too, on both hosts that answer queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.conformance import running, site
from tests.conformance.test_promises import keys
from tests.registry import Registry, entry

SETTINGS = site.settings() + "api: {search: name-or-description}\n"
VERSIONS = {
    ("com.example/alpha", "1.0.0"): "Tells the Weather of ÜBERMORGEN.",
    ("com.example/alpha", "1.1.0"): "Sends mail, and\nfast.",
    ("com.example/beta", "1.0.0"): "Weather and mail.",
    ("com.example/weather", "1.0.0"): "Rain.",
    **{(f"com.example/many-{number:03}", "1.0.0"): "One of many." for number in range(120)},
}
HOSTS = {"serve": running.serve("--descriptions"), "worker": running.worker}


@pytest.fixture(scope="module")
def urls(
    open_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """Both hosts over the same site."""
    root = open_folder / "descriptions"
    registry = Registry(root / "repository", SETTINGS)
    registry.commit(
        {
            f"servers/{name}/{version}.json": entry(name, version, description=text)
            for (name, version), text in VERSIONS.items()
        }
    )
    site.build(registry, root / "www")
    with running.all_started(HOSTS, root) as started:
        yield started


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "query",
    [
        {"search": "weather"},
        {"search": "MAIL"},
        {"search": "übermorgen"},
        {"search": "mail", "version": "latest"},
        {"search": "weather", "version": "latest"},
        {"search": "mail", "version": "1.0.0"},
        {"search": "weather", "updated_since": "2020-01-01T00:00:00Z"},
        {"search": "of many", "limit": "50"},
        {"search": "example/alpha"},
        {"search": "alphatells"},
        {"search": "alpha\ttells"},
        {"search": "and\nfast"},
        {"search": "nowhere"},
    ],
    ids=str,
)
def test_search_looks_in_descriptions(
    host: str, query: Mapping[str, str], urls: Mapping[str, str], client: httpx.Client
) -> None:
    found: list[tuple[str, str]] = []
    parameters = dict(query)
    while True:
        answer = client.get(f"{urls[host]}/v0.1/servers", params=parameters).json()
        found += keys(answer)
        cursor = answer["metadata"].get("nextCursor")
        if not cursor:
            break
        parameters = {"cursor": cursor, **({"limit": "50"} if "limit" in query else {})}
    assert found == [key for key in sorted(VERSIONS) if _is_asked(key, query)]


def _is_asked(key: tuple[str, str], query: Mapping[str, str]) -> bool:
    wanted = query.get("version")
    latest = max(version for name, version in VERSIONS if name == key[0])
    if wanted and key[1] != (latest if wanted == "latest" else wanted):
        return False
    needle = query["search"].lower()
    return needle in key[0] or needle in VERSIONS[key].lower().replace("\n", " ")
