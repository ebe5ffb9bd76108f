"""Every file and every kind of answer has the form that the official API's document states."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from builder.model.page import JSON, PROBLEM
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_promises import LATEST, PROMISES, TIERS

OFFICIAL = yaml.safe_load(Path(__file__).with_name("official.yaml").read_text())
X = "v0.1/x/com.example.registry"
FORMS = {
    r"v0\.1/servers/index\.json|registry\.json": "list",
    r"v0\.1/servers/[^/]+/[^/]+/versions/index\.json": "list",
    r"v0\.1/servers/[^/]+/[^/]+/versions/[^/]+/index\.json": "response",
    rf"{X}/deleted/[^/]+/[^/]+/versions/index\.json": "list",
    rf"{X}/deleted/[^/]+/[^/]+/versions/[^/]+/index\.json": "response",
    rf"{X}/pages/(all|latest)/[0-9]+\.json": "list",
    rf"{X}/cursor/[al][0-9]+\.json": "list",
    rf"{X}/changes/(full/)?[0-9]+\.json|{X}/changes/recent\.json": "list",
    r"v0\.1/(errors/[^/]+|404)\.json": "problem",
    r"v0\.1/(health|ping|version)/index\.json": "",  # named by its folder
}


def validator(form: str) -> Draft202012Validator:
    return Draft202012Validator({**OFFICIAL, "$ref": f"#/$defs/{form}"})


VALIDATORS = {form: validator(form) for form in OFFICIAL["$defs"]}


def problems(form: str, document: Any) -> list[str]:
    found = VALIDATORS[form].iter_errors(document)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def form_of(path: str) -> str | None:
    form = next((form for pattern, form in FORMS.items() if re.fullmatch(pattern, path)), None)
    return path.split("/")[1] if form == "" else form


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(OFFICIAL)
    assert problems("response", {"server": {"name": "a/b", "description": "", "version": "1"}})


def test_every_file_of_the_api(built: GiveBuilt) -> None:
    folder = built("").folder
    checked = dict.fromkeys(VALIDATORS, 0)
    for file in sorted(folder.rglob("*.json")):
        form = form_of(file.relative_to(folder).as_posix())
        if form is not None:
            checked[form] += 1
            assert problems(form, httpx.Response(200, content=file.read_bytes()).json()) == [], file
    assert all(
        checked[form] for form in ("list", "response", "problem", "health", "ping", "version")
    )


@pytest.mark.parametrize("name", TIERS)
def test_every_kind_of_answer(name: str, host: GiveHost, client: httpx.Client) -> None:
    base = host(name)
    asks = [request["ask"] for promise in PROMISES for request in promise["requests"]]
    for ask in dict.fromkeys(asks):
        if "{" in ask or ask.startswith("/.hosts") or "/changes/index.json" in ask:
            continue
        answer = client.get(base + ask)
        kind = answer.headers.get("Content-Type", "")
        if kind == PROBLEM:
            assert problems("problem", answer.json()) == [], ask
        elif answer.status_code == 200 and kind == JSON and "/servers" in ask:
            body = answer.json()
            assert problems("list" if "servers" in body else "response", body) == [], ask


@pytest.mark.parametrize("name", TIERS)
def test_the_small_documents(name: str, host: GiveHost, client: httpx.Client) -> None:
    for form in ("health", "ping", "version"):
        assert problems(form, client.get(f"{host(name)}/v0.1/{form}").json()) == []
    assert problems("response", client.get(host(name) + LATEST).json()) == []
