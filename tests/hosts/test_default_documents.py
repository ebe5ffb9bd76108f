"""Documents as index.html, for hosts that serve nothing else of a folder, and call it HTML."""

from __future__ import annotations

import json

import pytest

from tests.pages import made
from tests.registry import CONFIG, Registry, entry_file

TEXT = "<script>alert(1)</script> & 2 < 3"


@pytest.mark.parametrize("host", ["azure", "gitlab-pages", "codeberg-pages"])
def test_every_document_of_a_folder_is_its_index(registry: Registry, host: str) -> None:
    registry.commit({"registry.yaml": f"{CONFIG}hosts: [{host}]\n", **entry_file(title=TEXT)})
    source = registry.load()
    site = made.site(source.catalogue, source.config)
    documents = [
        path
        for path in site
        if path.startswith("v0") and path.endswith("/index.json") and "/x/" not in path
    ]
    assert "v0.1/servers/index.json" in documents
    assert "v0.1/servers/com.example/weather/versions/latest/index.json" in documents
    for path in documents:
        body = site[path.removesuffix("json") + "html"]
        assert json.loads(body) == json.loads(site[path])
        assert b"<" not in body
