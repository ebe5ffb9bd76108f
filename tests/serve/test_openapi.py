"""What is served is what openapi.json says, for any request schemathesis can think of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from builder.model.config import Config
from builder.pages.api import openapi
from builder.pages.api.servers import OFFICIAL_SOURCE
from builder.serve import app

CONFIG = Config(
    title="Test",
    base_url="https://registry.example.com",
    extension_namespace="com.example.registry",
)


def test_every_answer_is_as_described(built: Path) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", app.application(built, plain=False))
    results: Iterable[Any] = described.get_all_operations()
    operations = [result.ok() for result in results]
    assert len(operations) == 12
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            # A schema cannot say that two parameters exclude each other.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        check()


def test_toolhive_finds_what_it_demands(full: httpx.Client) -> None:
    described = full.get("/openapi.json").json()
    assert described["info"]["version"] == "1.0.0"
    assert OFFICIAL_SOURCE in described["info"]["description"]


def test_both_spellings_of_the_description_say_the_same(full: httpx.Client) -> None:
    assert yaml.safe_load(full.get("/openapi.yaml").text) == full.get("/openapi.json").json()


def test_the_schemas_are_schemas() -> None:
    for component in openapi.openapi(CONFIG)["components"]["schemas"].values():
        Draft202012Validator.check_schema(component)
