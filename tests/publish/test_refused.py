"""Publications that are refused: by what status, in which words, and that nothing is left of them."""

from __future__ import annotations

from itertools import product

from builder.pages.api.problem import NO_ENDPOINT
from tests.publish.publications import ALICES, server
from tests.publish.running import Desk, bearer


def test_what_the_official_api_does_not_write_to(desk: Desk) -> None:
    for method, path in (("POST", "servers"), ("POST", "auth"), ("PATCH", "health"), ("PUT", "x")):
        answer = desk.client.request(method, f"{desk.url}/v0/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, NO_ENDPOINT.detail), path
    answer = desk.client.delete(f"{desk.url}/v0.1/servers/a%2Fb/versions/1")
    assert answer.status_code == 501 and "PATCH" in answer.json()["detail"]


def test_types_are_asked_before_the_token(desk: Desk) -> None:
    wrong = {**server(), "license": "MIT"}
    answer = desk.client.post(f"{desk.url}/v0/publish", json=wrong)
    assert answer.status_code == 422
    body = answer.json()
    assert body["detail"] == "validation failed"
    assert {"message": "unexpected property", "location": "body.license"} in body["errors"]
    assert body["errors"][-1]["location"] == "header.Authorization"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_a_good_token(desk: Desk) -> None:
    for authorization, word in (
        ("Basic eDp5", "Expected 'Bearer <token>'"),
        ("Bearer", "Expected 'Bearer <token>'"),
        ("Bearer nonsense", "Invalid or expired"),
        ("Bearer e30.e30.e30", "Invalid or expired"),
    ):
        headers = {"Authorization": authorization}
        answer = desk.client.post(f"{desk.url}/v0/publish", json=server(), headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
        assert word in answer.json()["detail"]


def test_another_s_namespace(desk: Desk) -> None:
    mallory = desk.token(github_token="gho_mallory")
    answer = desk.publish(server(), mallory)
    assert answer.status_code == 403
    assert "You have permission to publish: io.github.mallory/*" in answer.json()["detail"]
    assert ALICES in answer.json()["detail"]


def test_a_document_that_breaks_the_rules(desk: Desk) -> None:
    answer = desk.publish(server("^1.0.0"), desk.token())
    assert answer.status_code == 422
    detail = "Failed to publish server, invalid schema: call /validate for details"
    assert answer.json()["detail"] == detail
    assert answer.json()["errors"][0]["value"] == "version-looks-like-range"
    issues = desk.client.post(f"{desk.url}/v0/validate", json=server("^1.0.0")).json()
    assert not issues["valid"]
    assert {"path": "version", "severity": "error", "type": "semantic"}.items() <= next(
        one for one in issues["issues"] if one["reference"] == "version-looks-like-range"
    ).items()


def test_a_version_is_published_once(desk: Desk) -> None:
    token = desk.token()
    desk.publish(server(), token)
    before = desk.tip
    for document in (server(), server(description="Other.")):
        answer = desk.publish(document, token)
        assert (answer.status_code, answer.json()["detail"]) == (400, "Failed to publish server")
        message = answer.json()["errors"][0]["message"]
        assert "invalid version: cannot publish duplicate version" in message
    assert desk.tip == before
    # Whoever may not publish there learns that first.
    assert desk.publish(server(), desk.token(github_token="gho_mallory")).status_code == 403


def test_a_remote_is_used_by_one_server(desk: Desk) -> None:
    remotes = [{"type": "sse", "url": "https://weather.example.org/sse"}]
    assert desk.publish(server(remotes=remotes), desk.token()).status_code == 200
    other = server(name="io.github.mallory/weather", remotes=remotes)
    answer = desk.publish(other, desk.token(github_token="gho_mallory"))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["value"] == "remote-url-conflict"


def test_what_is_no_server_json(desk: Desk) -> None:
    token = desk.token()
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"name":"a","name":"b"}',
        b"\xff",
        b'"x"',
        b"[" * 100_000,
    ]
    for path, body in product(("publish", "validate"), bodies):
        answer = desk.client.post(f"{desk.url}/v0/{path}", content=body, headers=bearer(token))
        assert answer.status_code in (400, 413, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_names_that_are_no_path(desk: Desk) -> None:
    token = desk.token()
    for name in (
        "../../etc/x",
        "io.github.alice/../x",
        "io.github.alice/a/b",
        "alice",
        "io.github.alice/",
    ):
        assert desk.publish(server(name=name), token).status_code in (403, 422)
