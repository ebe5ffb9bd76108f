"""One site in both forms: every address gives the same bytes."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx
import pytest

from tests.conformance import running
from tests.conformance.conftest import GiveBuilt, GiveHost

# Files of hosts (what they refuse with among them), copies for hosts that cannot rewrite, and the lists, which are answers to queries
# where there is a program in front.
NOT_SERVED = re.compile(
    r"^_|^\.|^staticwebapp|^vercel|^v0\.1/errors/|(^|/)v0/|(^|/)v0\.1/servers/index\.json$|^(.*/)?v0\.1/.*index\.html$"
)
API_DOCUMENT = re.compile(r"^((?:collections/[^/]+/)?v0\.1/(?!x/).*)/index\.json$")


@pytest.mark.parametrize(
    "name", sorted(running.PACKED) + sorted(f"{name} lean" for name in running.PACKED)
)
def test_every_address_gives_the_bytes_of_the_file(
    name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    folder = built("", "lean" if name.endswith(" lean") else "files").folder
    files = sorted(path for path in folder.rglob("*.*") if path.is_file())
    for path in files[:: 12 if "serve" in name else 25]:
        address = path.relative_to(folder).as_posix()
        if NOT_SERVED.search(address):
            continue
        shown = API_DOCUMENT.sub(r"\1", address).removesuffix("index.html")
        answer = client.get(f"{host(name)}/{quote(shown)}")
        assert answer.content == path.read_bytes(), address


@pytest.mark.parametrize("name", ["serve", "worker"])
@pytest.mark.parametrize(
    "query",
    ["limit=3", "search=mail&limit=100", "version=latest", "updated_since=2025-10-01T00:00:00Z"],
)
def test_queries_have_the_same_answer(
    name: str, query: str, host: GiveHost, client: httpx.Client
) -> None:
    files, packed = (
        client.get(f"{host(form)}/v0.1/servers?{query}") for form in (name, f"{name} packed")
    )
    assert (packed.status_code, packed.content) == (files.status_code, files.content)


@pytest.mark.parametrize("name", sorted(running.PACKED))
def test_what_is_stored_compressed_is_sent_so(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    url = f"{host(name)}/v0.1/x/com.example.registry/pages/all/1.json"
    small = client.get(url, headers={"Accept-Encoding": "gzip"})
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert small.headers.get("Content-Encoding") == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert small.content == plain.content
    assert small.num_bytes_downloaded < len(plain.content) / 3
    for answer in (small, plain):
        again = client.get(
            url, headers={**answer.request.headers, "If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
