"""Each file has the form that its reader documents, and an index names it."""

from __future__ import annotations

import json
import plistlib

import jsonschema
import pytest
import yaml

from builder.exports import FORMATS
from builder.rules import current_schema
from tests.exports import vendor_forms


def test_vs_code_reads_the_collection_as_its_registry(site: dict[str, bytes]) -> None:
    policies = {
        "ChatMCP": "registry",
        "McpGalleryServiceUrl": "https://registry.example.com/collections/data",
    }
    folder = "exports/collections/data/vs-code"
    assert json.loads(site[f"{folder}/policy.json"]) == policies
    (payload,) = plistlib.loads(site[f"{folder}/vscode.mobileconfig"])["PayloadContent"]
    assert policies.items() <= payload.items()
    assert '"ChatMCP"="registry"\r\n' in site[f"{folder}/vscode.reg"].decode("utf-16")


def test_the_catalogues_of_other_programs(site: dict[str, bytes]) -> None:
    folder = "exports/collections/data"
    kiro = json.loads(site[f"{folder}/kiro/registry.json"])["servers"]
    assert [(row["server"]["name"], row["server"]["version"]) for row in kiro] == [
        ("com.example/image", "1.0.0"),
        ("com.example/weather", "1.1.0"),
    ]
    toolhive = json.loads(site[f"{folder}/toolhive/registry.json"])
    assert toolhive["version"] == "1.0.0"
    assert {row["name"] for row in toolhive["data"]["servers"]} == {
        "com.example/image",
        "com.example/weather",
    }
    docker = yaml.safe_load(site[f"{folder}/docker/catalog.yaml"])["registry"]
    assert docker == {
        "com-example---image": {
            "title": "com-example---image",
            "description": "Tells the weather.",
            "type": "server",
            "image": "ghcr.io/example/image:1.0.0",
            "secrets": [{"name": "com-example---image.api_key", "env": "API_KEY"}],
            "env": [{"name": "REGION", "value": "{{com-example---image.region}}"}],
        }
    }
    cline = json.loads(site["exports/all/cline/remote-config.json"])
    assert cline["blockPersonalRemoteMCPServers"] is True


@pytest.mark.parametrize("file", vendor_forms.FORMS)
def test_every_file_has_the_form_that_its_reader_documents(
    site: dict[str, bytes], file: str
) -> None:
    made = {path: body for path, body in site.items() if path.endswith(f"/{file}")}
    assert len(made) >= 3
    for path, body in made.items():
        document = yaml.safe_load(body)
        jsonschema.validate(document, vendor_forms.FORMS[file], jsonschema.Draft202012Validator)
        for server in document.get("data", {}).get("servers", ()):
            assert current_schema.fault(server) == "", path


def test_the_index_names_every_file_with_its_hash(site: dict[str, bytes]) -> None:
    files = json.loads(site["exports/index.json"])["files"]
    assert {row["format"] for row in files} == set(FORMATS)
    assert all(f"exports/{row['url']}" in site for row in files)
    assert b"com.example/weather 1.0.0: status" in site["feeds/exports.atom"]
