"""The requests of the official publisher program byte for byte, and a program that others wrote."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conformance.running import ROOT
from tests.patience import PATIENCE
from tests.publish.credentials import oidc_token
from tests.publish.running import Desk
from tests.registry import entry

NAME = "io.github.alice/weather"
PATH = "io.github.alice%2Fweather"


def played(desk: Desk, method: str, path: str, body: str = "", token: str = "") -> tuple[int, Any]:
    """Send a request as Go's net/http writes it; return the status and the body."""
    address = urlsplit(desk.url)
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {address.netloc}",
        "User-Agent: Go-http-client/1.1",
        *([f"Content-Length: {len(body.encode())}"] if body else []),
        *([f"Authorization: Bearer {token}"] if token else []),
        *(["Content-Type: application/json"] if body else []),
        "Accept-Encoding: gzip",
        "Connection: close",
    ]
    assert address.hostname and address.port
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(("\r\n".join([*lines, "", ""]) + body).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    if b"content-encoding: gzip" in head.lower():
        import gzip

        content = gzip.decompress(content)
    return int(head.split()[1]), json.loads(content)


# `publish` decodes the file into Go's structs and encodes it again: their order, HTML escaped.
GO_JSON = (
    '{"$schema":"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",'
    '"name":"io.github.alice/weather","description":"Rain \\u0026 \\u003csun\\u003e",'
    '"repository":{"url":"https://github.com/alice/weather","source":"github"},"version":"%s",'
    '"packages":[{"registryType":"npm","identifier":"@alice/weather","version":"1.0.0",'
    '"transport":{"type":"stdio"}}]}'
)


@pytest.mark.parametrize("base", ["", "/"])  # the program joins a base that ends with a slash
def test_the_official_publisher(desk: Desk, base: str) -> None:
    status, health = played(desk, "GET", f"{base}/v0/health")
    assert (status, health["github_client_id"]) == (200, "Iv1.registry")
    status, answer = played(
        desk, "POST", f"{base}/v0/auth/github-at", '{"github_token":"gho_alice"}'
    )
    assert (status, set(answer)) == (200, {"registry_token", "expires_at"})
    token, document = answer["registry_token"], GO_JSON % "1.0.0+1"
    status, answer = played(desk, "POST", f"{base}/v0/validate", document)
    assert (status, answer["valid"]) == (200, True)
    status, answer = played(desk, "POST", f"{base}/v0/publish", document, token)
    assert status == 200
    assert answer["server"] == json.loads(document)
    assert answer["server"]["description"] == "Rain & <sun>"
    for version in ("1.0.0%2B1", "1.0.0+1"):
        path = f"{base}/v0/servers/{PATH}/versions/{version}"
        status, answer = played(desk, "GET", f"{path}?include_deleted=true", token=token)
        assert (status, answer["server"]["version"]) == (200, "1.0.0+1")
        wanted = "deprecated" if "%" in version else "deleted"
        body = f'{{"status":"{wanted}","statusMessage":"Use 2."}}'
        assert played(desk, "PATCH", f"{path}/status", body, token)[0] == 200
    path = f"{base}/v0/servers/{PATH}"
    status, answer = played(desk, "GET", f"{path}/versions?include_deleted=true", token=token)
    assert (status, len(answer["servers"])) == (200, 1)
    status, answer = played(desk, "PATCH", f"{path}/status", '{"status":"active"}', token)
    assert (status, answer["updatedCount"]) == (200, 1)


def test_the_official_publisher_in_a_workflow(desk: Desk) -> None:
    body = json.dumps({"oidc_token": oidc_token(desk)}, separators=(",", ":"))
    status, answer = played(desk, "POST", "/v0/auth/github-oidc", body)
    assert status == 200
    wrong = GO_JSON % ">=1.0.0"
    status, problem = played(desk, "POST", "/v0/publish", wrong, answer["registry_token"])
    assert (status, "/validate" in problem["detail"]) == (422, True)
    status, issues = played(desk, "POST", "/v0/validate", wrong)
    assert (status, issues["valid"]) == (200, False)
    assert set(issues["issues"][0]) == {"type", "path", "message", "severity", "reference"}


LIGHTNOW = """
import asyncio, json, sys
from lightnow_cli.client import MCPRegistryClient
base, token, document, refused = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
client = MCPRegistryClient(base_url=base, token=token)
async def main():
    published = await client.publish_server(document)
    got = await client.get_server_info(document["name"], document["version"])
    errors = []
    for wrong, bearer in ((refused, token), (document, "nonsense")):
        try:
            await MCPRegistryClient(base_url=base, token=bearer).publish_server(wrong)
        except Exception as error:
            errors.append(str(error))
    print(json.dumps([published, got, errors]))
asyncio.run(main())
"""


def test_lightnow_publishes_and_reads(desk: Desk, tmp_path: Path) -> None:
    """A publisher program that others wrote: lightnow-cli 1.6."""
    document = entry(NAME, "1.0.0+x")
    arguments = [
        f"{desk.url}/v0.1",
        desk.token(),
        json.dumps(document),
        json.dumps({**document, "license": "MIT"}),
    ]
    python = str(ROOT / ".venv-clients/bin/python")
    done = subprocess.run(
        [python, "-c", LIGHTNOW, *arguments],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    published, got, errors = json.loads(done.stdout)
    assert published["server"] == got["server"] == document
    assert "unexpected property" in errors[0] and len(errors) == 2
