"""The files of hosts that cannot run here are at least of the form that these hosts read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from builder.hosts import table
from builder.model import config
from builder.pages import host_files
from tests.registry import CONFIG

V0 = {"with v0": "", "without v0": "api: {v0: false}\n"}
EXTENSION = "v0.1/x/com.example.registry"
PREFIXES = {"at the top": "", "below a path": "/a.b/c"}


@pytest.fixture(params=[*V0.values()], ids=[*V0])
def v0(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[*PREFIXES.values()], ids=[*PREFIXES])
def settings(request: pytest.FixtureRequest, v0: str) -> config.Config:
    text = CONFIG.replace("registry.example.com", f"registry.example.com{request.param}")
    return config.parse((text + v0).encode())


@pytest.mark.parametrize("template", [file for host in table.HOSTS.values() for file in host.files])
def test_every_template_renders_and_json_is_json(
    template: tuple[str, str], settings: config.Config
) -> None:
    path, name = template
    text = host_files.render(name, settings).decode()
    assert "{{" not in text
    assert "{%" not in text
    if path.endswith((".json", ".jsonc")):
        json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def test_no_two_hosts_differ_about_a_file() -> None:
    files = {file for host in table.HOSTS.values() for file in host.files}
    assert len({path for path, _ in files}) == len(files)


CASES = {
    "/v0.1/servers": ({}, "/v0.1/servers/index.json"),
    "/v0.1/servers?cursor=a12": (
        {"cursor": "a12"},
        "/v0.1/x/com.example.registry/pages/all/12.json",
    ),
    "/v0/servers/?version=latest&limit=5": (
        {"version": "latest", "limit": "5"},
        "/v0.1/x/com.example.registry/pages/latest/1.json",
    ),
    "/v0.1/servers?cursor=zz": ({"cursor": "zz"}, "/v0.1/"),
    "/v0.1/servers/a%2Fb/versions/1.0.0": ({}, "/v0.1/servers/a/b/versions/1.0.0/index.json"),
    "/v0/servers/a/b/versions/": ({}, "/v0.1/servers/a/b/versions/index.json"),
    "/v0.1/servers/a/b/versions/1.0.0+x": ({}, "/v0.1/servers/a/b/versions/1.0.0%2Bx/index.json"),
    "/v0.1/ping": ({}, "/v0.1/ping/index.json"),
    "/v0.1/x/com.example.registry/head.json": ({}, "/v0.1/x/com.example.registry/head.json"),
    "/": ({}, "/index.html"),
    "/servers/a/b/": ({}, "/servers/a/b/index.html"),
    "/registry.json": ({}, "/registry.json"),
}


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_the_cloudfront_function_names_the_object(prefix: str, tmp_path: Path) -> None:
    text = CONFIG.replace("registry.example.com", f"registry.example.com{prefix}")
    function = host_files.render("s3/function.js", config.parse(text.encode())).decode()
    events = [
        {
            "request": {
                "method": "GET",
                "uri": prefix + url.partition("?")[0],
                "querystring": {name: {"value": value} for name, value in query.items()},
            }
        }
        for url, (query, _) in CASES.items()
    ]
    script = tmp_path / "function.js"
    events.append({"request": {"method": "OPTIONS", "uri": f"{prefix}/v0.1/servers"}})
    ask = f"console.log(JSON.stringify({json.dumps(events)}.map((one) => handler(one))));"
    script.write_text(f"{function}\n{ask}")
    node = shutil.which("node")
    assert node is not None
    *answers, options = json.loads(subprocess.check_output([node, str(script)]))
    assert options["statusCode"] == 204
    assert options["headers"]["access-control-allow-origin"] == {"value": "*"}
    assert [answer["uri"] for answer in answers] == [expected for _, expected in CASES.values()]
    assert all(answer["querystring"] == {} for answer in answers)


VERCEL: dict[str, object] = {
    "/v0.1/servers": "/v0.1/servers/index.json",
    "/v0/servers": "/v0.1/servers/index.json",
    "/v0.1/servers?cursor=a12&version=latest": f"/{EXTENSION}/pages/all/12.json",
    "/v0.1/servers?version=latest&limit=50": f"/{EXTENSION}/pages/latest/1.json",
    "/v0.1/servers?version=latest&cursor=l3": f"/{EXTENSION}/pages/latest/3.json",
    "/v0.1/servers?cursor=zz": f"/{EXTENSION}/no-such-page",
    "/v0.1/servers?include_deleted=True": f"/{EXTENSION}/pages/all/1.json",
    "/v0.1/servers/a.b%2Fc/versions": "/v0.1/servers/a.b/c/versions/index.json",
    "/v0.1/servers/a.b%2fc/versions/1.0.0%2Bx": "/v0.1/servers/a.b/c/versions/1.0.0%2Bx/index.json",
    "/v0/servers/a.b/c/versions/latest": "/v0.1/servers/a.b/c/versions/latest/index.json",
    "/v0.1/ping": "/v0.1/ping/index.json",
    # A collection is a registry of its own, in both versions of the API.
    "/collections/data/v0.1/servers": "/collections/data/v0.1/servers/index.json",
    "/collections/data/v0/servers": "/collections/data/v0.1/servers/index.json",
    "/collections/data/v0.1/servers/a.b%2Fc/versions/latest": "/collections/data/v0.1/servers/a.b/c/versions/latest/index.json",
    "/collections/data/v0/servers/a.b/c/versions": "/collections/data/v0.1/servers/a.b/c/versions/index.json",
    "/collections/data/": "/collections/data/",
    "/v0.1/servers/": [308, "/v0.1/servers"],
    "/v0/servers/a.b/c/versions/": [308, "/v0/servers/a.b/c/versions"],
    # Links on pages are relative to a folder, so that its address must keep its slash.
    "/servers/a.b/c/": "/servers/a.b/c/",
    "/docs/": "/docs/",
}


def test_vercel_takes_requests_to_the_files(tmp_path: Path) -> None:
    file = tmp_path / "vercel.json"
    file.write_bytes(host_files.render("vercel/vercel.json", config.parse(CONFIG.encode())))
    script = Path(__file__).with_name("vercel.mjs")
    node = shutil.which("node")
    assert node is not None
    answers = json.loads(subprocess.check_output([node, str(script), str(file), *VERCEL]))
    assert dict(zip(VERCEL, answers, strict=True)) == VERCEL


@pytest.mark.parametrize(
    ("base_url", "listens"),
    [
        ("https://registry.example.com", [":443"]),
        ("http://registry.example.com", [":80"]),
        ("http://127.0.0.1:8000/a.b", [":8000"]),
    ],
)
def test_caddy_listens_where_base_url_says(
    base_url: str, listens: list[str], tmp_path: Path
) -> None:
    settings = config.parse(CONFIG.replace("https://registry.example.com", base_url).encode())
    for path, template in table.HOSTS["caddy"].files:
        (tmp_path / Path(path).name).write_bytes(host_files.render(template, settings))
    adapted = subprocess.check_output(
        ["caddy", "adapt", "--config", "Caddyfile"], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    (server,) = json.loads(adapted)["apps"]["http"]["servers"].values()
    assert server["listen"] == listens
