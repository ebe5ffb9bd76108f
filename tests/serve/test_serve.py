"""`serve` answers as the official registry does; `serve --plain` as the dumbest host."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from builder.build import build
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry_file
from tests.serve.conftest import GONE, PLUS, WEATHER, running, versions


def names(response: httpx.Response) -> list[str]:
    return [
        f"{item['server']['name']} {item['server']['version']}"
        for item in response.json()["servers"]
    ]


@pytest.mark.parametrize("prefix", ["/v0.1", "/v0"])
def test_the_list_has_every_version_that_is_not_deleted(full: httpx.Client, prefix: str) -> None:
    assert names(full.get(f"{prefix}/servers")) == [
        f"{WEATHER} 1.0.0",
        f"{WEATHER} 1.1.0",
        f"{PLUS} 1.0.0+build",
    ]


def test_latest_only_and_deleted_included(full: httpx.Client) -> None:
    assert names(full.get("/v0.1/servers?version=latest")) == [
        f"{WEATHER} 1.1.0",
        f"{PLUS} 1.0.0+build",
    ]
    deleted = full.get("/v0.1/servers?include_deleted=true&search=GONE").json()["servers"]
    assert deleted[0]["_meta"]["io.modelcontextprotocol.registry/official"]["status"] == "deleted"


@pytest.mark.parametrize("which", ["full", "plain"])
def test_the_root_is_the_page_for_people(which: str, request: pytest.FixtureRequest) -> None:
    """Beside it stands the service index, index.json, which must not be taken for it."""
    root = request.getfixturevalue(which).get("/")
    assert root.headers["Content-Type"] == "text/html; charset=utf-8"


def test_both_spellings_of_a_name_are_one_resource(full: httpx.Client) -> None:
    encoded, nested = (
        full.get(versions(WEATHER, "latest")),
        full.get(f"/v0.1/servers/{WEATHER}/versions/latest"),
    )
    assert encoded.status_code == 200
    assert encoded.content == nested.content
    assert encoded.json()["server"]["version"] == "1.1.0"


def test_versions_are_newest_first_and_hide_deleted_ones(full: httpx.Client) -> None:
    assert names(full.get(versions(WEATHER))) == [f"{WEATHER} 1.1.0", f"{WEATHER} 1.0.0"]
    everything = full.get(versions(WEATHER), params={"include_deleted": "true"})
    assert names(everything) == [f"{WEATHER} 2.0.0", f"{WEATHER} 1.1.0", f"{WEATHER} 1.0.0"]


def test_a_percent_encoded_version_is_found(full: httpx.Client, plain: httpx.Client) -> None:
    for client in (full, plain):
        answer = client.get(versions(PLUS, "1.0.0+build"), follow_redirects=True)
        assert answer.json()["server"]["version"] == "1.0.0+build"


@pytest.mark.parametrize(
    "path",
    [
        versions(GONE),
        versions(GONE, "latest"),
        versions(WEATHER, "2.0.0"),
        versions(WEATHER, "9.9.9"),
        versions("com.example/none", "latest"),
        versions("com.example/Weather", "latest"),
    ],
)
def test_what_is_not_there_or_deleted_is_404_with_a_problem_body(
    full: httpx.Client, path: str
) -> None:
    answer = full.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": "Not Found", "status": 404, "detail": "Server not found"}


def test_deleted_ones_are_there_when_asked_for(full: httpx.Client) -> None:
    answer = full.get(versions(GONE, "latest"), params={"include_deleted": "true"})
    assert (
        answer.json()["_meta"]["io.modelcontextprotocol.registry/official"]["statusMessage"]
        == "Malware"
    )


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "include_deleted=maybe"])
def test_parameters_out_of_range_are_422(full: httpx.Client, query: str) -> None:
    answer = full.get(f"/v0.1/servers?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == f"query.{query.partition('=')[0]}"


@pytest.mark.parametrize(
    "path",
    ["/v0.1/servers?search=%00", "/v0.1/servers/a%00b/versions", "/v0.1/servers?updated_since=now"],
)
def test_what_cannot_be_understood_is_400(full: httpx.Client, path: str) -> None:
    assert full.get(path).status_code == 400


def test_a_name_that_was_encoded_twice_is_found(full: httpx.Client) -> None:
    once, twice = quote(WEATHER, safe=""), quote(quote(WEATHER, safe=""), safe="")
    for tail in (
        "versions",
        "versions/latest",
        "versions/1.0.0",
        "versions/2.0.0?include_deleted=1",
    ):
        answer = full.get(f"/v0.1/servers/{twice}/{tail}")
        assert answer.status_code == 200
        assert answer.content == full.get(f"/v0.1/servers/{once}/{tail}").content
    assert full.get("/v0.1/servers/com.example%252Fnone/versions").status_code == 404


def test_a_site_that_is_built_anew_is_served_anew(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    with ExitStack() as stack:
        for number, name in enumerate((WEATHER, PLUS, "com.example/third"), 1):
            registry.commit(entry_file(name))
            build.build(registry.repository, "HEAD", tmp_path / "out", 1)
            if number == 1:
                url = stack.enter_context(running(tmp_path / "out", plain=False))
            assert len(names(httpx.get(f"{url}/v0.1/servers", timeout=PATIENCE))) == number


def command(registry: Registry, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "builder", "serve", "--root", str(registry.root), *options],
        stderr=subprocess.PIPE,
        text=True,
    )


def test_port_0_is_told_a_taken_one_is_refused_and_an_interrupt_is_an_end(
    registry: Registry,
) -> None:
    with command(registry, "--port", "0") as server:
        assert server.stderr is not None
        url = next(line.split()[-1] for line in server.stderr if line.startswith("serving"))
        assert httpx.get(f"{url}/v0.1/ping", timeout=PATIENCE).json() == {"pong": True}
        with command(registry, "--port", url.rpartition(":")[2]) as second:
            error = second.communicate()[1]
        assert second.returncode == 2
        assert "cannot listen on 127.0.0.1" in error
        assert "serving" not in error
        server.send_signal(signal.SIGINT)
    assert server.returncode == 0


def test_a_host_that_there_cannot_be_is_told_in_a_line(registry: Registry) -> None:
    with command(registry, "--port", "0", "--host", "\u202e") as server:
        error = server.communicate()[1]
    assert server.returncode == 2
    assert error.endswith("error: cannot listen on '\\u202e': no host has such a name\n")
    assert "Traceback" not in error


def test_a_precomputed_page_goes_on_where_its_cursor_says(full: httpx.Client) -> None:
    first = full.get("/v0.1/servers?cursor=a1&limit=2")
    assert names(first) == [f"{WEATHER} 1.0.0", f"{WEATHER} 1.1.0"]
    rest = full.get(
        "/v0.1/servers", params={"cursor": first.json()["metadata"]["nextCursor"], "limit": 2}
    )
    assert names(rest) == [f"{PLUS} 1.0.0+build"]
    assert names(full.get("/v0.1/servers?cursor=l1")) == [f"{WEATHER} 1.1.0", f"{PLUS} 1.0.0+build"]


def test_plain_ignores_queries_and_never_sends_a_cursor(plain: httpx.Client) -> None:
    answer = plain.get("/v0.1/servers?limit=1&search=none&cursor=zzz", follow_redirects=True)
    assert names(answer) == [f"{WEATHER} 1.1.0", f"{PLUS} 1.0.0+build"]
    assert answer.json()["metadata"] == {"count": 2, "com.example.registry/unfiltered": True}
    assert answer.headers["content-type"] == "application/json"


def test_plain_answers_404_and_never_a_page_with_200(plain: httpx.Client) -> None:
    for path in (versions(GONE, "latest"), versions("com.example/none", "latest"), "/nothing"):
        assert plain.get(path, follow_redirects=True).status_code == 404


@pytest.mark.parametrize(("path", "body"), [("health", {"status": "ok"}), ("ping", {"pong": True})])
def test_small_endpoints(full: httpx.Client, path: str, body: object) -> None:
    for prefix in ("v0.1", "v0"):
        assert full.get(f"/{prefix}/{path}").json() == body
    assert set(full.get("/v0.1/version").json()) == {"version", "git_commit", "build_time"}


def test_v0_is_served_without_copies_where_every_host_can_do_that(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", CONFIG + "hosts: [nginx]\n")
    registry.commit(entry_file())
    build.build(registry.repository, "HEAD", tmp_path / "out", 1)
    assert not (tmp_path / "out/v0").exists()
    with running(tmp_path / "out", plain=False) as url:
        for tail in ("servers", "servers/com.example%2Fweather/versions/latest", "ping"):
            old, new = (
                httpx.get(f"{url}/v0/{tail}", timeout=PATIENCE),
                httpx.get(f"{url}/v0.1/{tail}", timeout=PATIENCE),
            )
            assert (old.status_code, old.content) == (200, new.content)
