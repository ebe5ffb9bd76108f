"""The JSON Schemas of our own files, generated from the typed models.

They are checked in under schema/ so that an editor completes and checks registry.yaml,
namespace.yaml, status.yaml and upstream.json; a test holds the files to the models.
`python -m builder.schemas` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from builder.gate.report.json import JsonReport
from builder.model.config import Config
from builder.model.sidecars import Namespace, StatusFile, Upstream
from builder.runtime import resources

MODELS: dict[str, type[BaseModel]] = {
    "registry": Config,
    "namespace": Namespace,
    "status": StatusFile,
    "upstream": Upstream,
    "report": JsonReport,
}


def render() -> Iterator[tuple[str, str]]:
    """Give the file name and the text of each schema."""
    for name, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(),
        }
        yield f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write every schema into a folder."""
    for name, text in render():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(resources.folder("schema"))
