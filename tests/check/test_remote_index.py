"""Who uses an address is the same whether text is looked for or every entry was read."""

from __future__ import annotations

import json

import pytest

from builder.check import remote_index
from builder.git import index_file
from tests.registry import Content, Registry, entry

URL = "https://bücher.example.com/mcp"
_HOST = "xn--bcher-kva.example.com"
SPELLINGS = [
    URL,
    f"https://{_HOST.upper()}/mcp/",
    f"HTTPS://{_HOST}./mcp",
    f"https://user@{_HOST}//mcp?#top",
    "https://b%C3%BCcher.example.com/mcp",
    f"https:{_HOST}/mcp",
    f"https://{_HOST.replace('e', '%65')}/m%63p",
    f"https://{_HOST}/mcp".replace(".", "\N{FULLWIDTH FULL STOP}"),
    f"https:\\\\{_HOST}\\mcp",
    f" https://\t{_HOST[:4]}\n{_HOST[4:]}/mcp",
]
OTHERS = ["https://example.com/mcp", f"https://{_HOST}/other", f"https://{_HOST}.evil.example/mcp"]


def _file(name: str, url: str, *, escaped: bool) -> dict[str, Content]:
    content = entry(name, remotes=[{"type": "sse", "url": url}])
    text = json.dumps(content, ensure_ascii=escaped, indent=2 if escaped else None)
    hidden = "".join(f"\\u{ord(letter):04x}" for letter in "https")
    return {f"servers/{name}/1.0.0.json": text.replace('"https', f'"{hidden}') if escaped else text}


@pytest.mark.parametrize("asked", [URL, "https://127.0.0.1/mcp", "no address"])
def test_the_first_question_finds_every_spelling_as_the_second_does(
    registry: Registry, asked: str
) -> None:
    spellings = [*SPELLINGS, "https://0x7f.1/mcp", "https://2130706433/mcp", "No Address"]
    files: dict[str, Content] = {}
    for number, url in enumerate([*spellings, *OTHERS]):
        files |= _file(f"com.example/plain-{number}", url, escaped=False)
        files |= _file(f"com.example/escaped-{number}", url, escaped=True)
    files["servers/com.example/plain-0/upstream.json"] = "{}"
    commit = registry.commit(files)
    first = remote_index.users(registry.repository, commit, [asked])
    assert first == remote_index.users(registry.repository, commit, [asked])
    assert len(first) == {URL: 2 * len(SPELLINGS), "no address": 2}.get(asked, 4)


def test_nobody_uses_an_address_that_no_file_has(registry: Registry) -> None:
    commit = registry.commit(_file("com.example/one", URL, escaped=False))
    assert remote_index.users(registry.repository, commit, ["https://none.example.com"]) == set()
    assert index_file.exists(registry.repository, remote_index.FILE)
