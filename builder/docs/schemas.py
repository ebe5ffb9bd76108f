"""The JSON Schemas of our own files, generated from the typed models.

They are checked in under schema/ so that an editor completes and checks registry.yaml and the
registry's other files; `make reference` writes them, and a test holds
the files to the models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from builder.gate.report.json import JsonReport
from builder.model.approvals import ApprovalsFile
from builder.model.blocks import BlocksFile
from builder.model.collection import CollectionFile
from builder.model.config import Config
from builder.model.facts import Facts
from builder.model.overlay import Overlay, PatternOverlay
from builder.model.sidecars import Namespace, StatusFile, Upstream

MODELS: dict[str, type[BaseModel]] = {
    "registry": Config,
    "namespace": Namespace,
    "status": StatusFile,
    "upstream": Upstream,
    "overlay": Overlay,
    "facts": Facts,
    "pattern-overlay": PatternOverlay,
    "collection": CollectionFile,
    "approvals": ApprovalsFile,
    "blocks": BlocksFile,
    "report": JsonReport,
}


def files() -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of each schema."""
    for name, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(),
        }
        yield f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
