"""The errors that the documentation lists are those that `serve` answers, word for word."""

from __future__ import annotations

import json
import re

import httpx

from tests.conformance.running import ROOT

PAGE = ROOT / "site/docs/consume/api.md"
ASKED = {
    404: ("GET", "/v0.1/servers/com.example%2Fnone/versions/latest"),
    422: ("GET", "/v0.1/servers?limit=0"),
    400: ("GET", "/v0.1/servers?updated_since=yesterday"),
    501: ("POST", "/v0.1/publish"),
    403: ("POST", "/v0.1/servers"),
    405: ("TRACE", "/v0.1/servers"),
}


def test_every_documented_error_is_answered_so(full: httpx.Client) -> None:
    errors = re.findall(r"^\* \*\*(\d{3})\*\*: .* `(\{.*\})`$", PAGE.read_text(), re.MULTILINE)
    assert {int(status) for status, _ in errors} == {*ASKED}
    for status, text in errors:
        answer = full.request(*ASKED[int(status)])
        assert answer.status_code == int(status)
        assert answer.headers["Content-Type"] == "application/problem+json"
        documented, body = json.loads(text), answer.json()
        detail = documented.pop("detail")
        assert body.pop("detail").startswith(detail.removesuffix("..."))
        assert body == documented
