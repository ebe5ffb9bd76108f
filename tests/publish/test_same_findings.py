"""One engine: the API, the gate of a request and `check` find the same in one entry, in the same words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from hypothesis import event, given, settings
from hypothesis import strategies as st

from builder import rules
from builder.model import sidecars
from builder.model.layout import STATUS_FILE, server_path
from builder.model.sidecars import Status, StatusFile, VersionStatus
from builder.publish import draft as drafts
from builder.publish import status_change
from builder.publish.draft import Draft
from builder.publish.status_change import NothingChanges, StatusChange
from tests.publish.doors import NAMES, TAKEN, WHO, Doors, Told, of_problem, told
from tests.registry import entry, package
from tests.rules import vectors

VERSIONS = ("1.0.0", "0.9.0", "2.0.0", "latest", "^1.2", "1.0.0-rc.1", " ")
EXAMPLES = 20
OTHERS: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**20, "", " ", "x" * 300, [], {}, [[]], ["x"], {"x": {}}),
    *(
        "stdio",
        "npm",
        "https://{host}/mcp",
        "http://127.0.0.1",
        "\u202eevil",
        "a\nb",
        "é",
        "latest",
    ),
    *("<img src=x>", "{{VERSION}}", "javascript:alert(1)", "\U0001f600", "../..", "sha256:x"),
)
KEYS = ("name", "version", "type", "url", "_meta", "status", "Name", "x-more", "", "isSecret")
SPOILT = [
    json.loads(rule.failing.files[0].data)
    for rule in rules.ENTRY_RULES
    if rule not in rules.TEXT_RULES and rule.code != "not-an-object"
]
SPOILT += [vector["set"] for vector in vectors.load()["server_json"]]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An entry that is right, or has parts of entries that break one rule each."""
    name, version = (
        draw(st.just(NAMES[0]) | st.sampled_from(NAMES)),
        draw(st.sampled_from(VERSIONS) | numbers),
    )
    content = entry(name, version)
    content["packages"] = draw(st.sampled_from([[package(name, version)], []]))
    if draw(st.booleans()):
        url = draw(
            st.sampled_from([TAKEN, "https://mcp.alice.dev/mcp", "https://MCP.bob.dev:443/mcp"])
        )
        content["remotes"] = [{"type": "streamable-http", "url": url}]
    for part in draw(st.lists(st.sampled_from(SPOILT), max_size=2)):
        kept = draw(st.sets(st.sampled_from(["name", "version", "$schema", "description"])))
        content |= {key: value for key, value in part.items() if key not in kept}
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(0, 3)) if draw(st.booleans()) else 0):
        _mutate(draw, content)
    return content


def _mutate(draw: st.DrawFn, content: dict[str, Any]) -> None:
    """Take away, replace, rename or add one value somewhere in a document."""
    holder, key = draw(st.sampled_from(list(_places(content))))
    wish = draw(st.sampled_from(["drop", "replace", "rename", "again"]))
    if wish == "replace" or (wish == "rename" and isinstance(holder, list)):
        holder[key] = draw(st.sampled_from(OTHERS))
        return
    value = holder[key] if wish == "again" else holder.pop(key)
    if isinstance(holder, list):
        holder.extend([value] * (wish == "again"))
    elif wish != "drop":
        holder[draw(st.sampled_from(KEYS))] = value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list) and value[key]:
            yield from _places(value[key])


numbers = st.integers(0, 999).map("3.0.{}".format)


@given(documents(), st.just("gho_alice") | st.sampled_from(sorted(WHO)))
@settings(max_examples=EXAMPLES)
def test_every_door_tells_the_same(doors: Doors, content: dict[str, Any], who: str) -> None:
    data = orjson.dumps(content)
    draft = drafts.read(data)
    validated = doors.desk.client.post(f"{doors.desk.url}/v0/validate", json=content)
    if not isinstance(draft, Draft):
        assert doors.by_api(content, who).status_code == validated.status_code == draft.status
        assert "error" in {one["severity"] for one in doors.as_draft(data)}
        return
    assert of_validate(validated) == told(doors.as_draft(draft.data), "{}: {}")
    if not draft.has_place:
        assert doors.by_api(content, who).status_code == 422
        return
    doors.clone.git("fetch", "--quiet", "origin")
    if doors.is_there(draft):
        assert "version-changed" in doors.by_api(content, who).text
        return
    request = judged(doors, doors.files(draft, who), who)
    same(doors.by_api(content, who), request)


def judged(doors: Doors, files: Mapping[str, bytes | None], who: str) -> dict[str, Any]:
    """The gate's report on a request with these files: the same as on its author's laptop."""
    laptop, request = doors.on_the_laptop(files, who), doors.by_request(who)
    assert laptop["findings"] == request["findings"]
    assert laptop["verdict"] == request["verdict"]
    return request


def same(answer: httpx.Response, request: Mapping[str, Any]) -> None:
    """The API's answer is the gate's verdict, with the same findings."""
    event(f"{answer.status_code} {request['verdict']}")
    if answer.status_code == 200:
        assert request["verdict"] == "accept"
        return
    worst = "review" if answer.status_code == 409 else "error"
    expected = [one for one in request["findings"] if one["severity"] == worst]
    assert of_problem(answer) == told(expected, "{} ({})")
    assert (request["verdict"] == "review") == (answer.status_code == 409)


def of_validate(answer: httpx.Response) -> Told:
    return {(one["reference"], one["path"], one["message"]) for one in answer.json()["issues"]}


changes = st.builds(
    StatusChange,
    status=st.sampled_from(Status),
    message=st.sampled_from(["", "", "Use 2.", "a: {b}, 'c'\u2028", "x" * 500, "\u202eevil"]),
)


@given(
    st.sampled_from(NAMES),
    st.sampled_from([None, None, "1.0.0", "0.9.0", "7.0.0"]),
    changes,
    st.just("gho_alice") | st.sampled_from(sorted(WHO)),
)
@settings(max_examples=EXAMPLES // 2)
def test_every_door_tells_the_same_of_a_lifecycle(
    doors: Doors, name: str, version: str | None, change: StatusChange, who: str
) -> None:
    path = quote(name, safe="")
    answer_of = f"{doors.desk.url}/v0/servers/{path}/versions?include_deleted=true"
    there = doors.desk.client.get(answer_of).json().get("servers", [])
    current = {item["server"]["version"]: stated(item) for item in there}
    wanted = [one for one in current if version in (None, one)]
    doors.clone.git("fetch", "--quiet", "origin")
    where = server_path(name, STATUS_FILE)
    file = doors.clone.git("ls-tree", "--name-only", "origin/main", where)
    before = doors.clone.git("show", f"origin/main:{where}").encode() if file else b""
    lines = sidecars.read_status(before) if before else StatusFile({})
    own = f"{path}/versions/{version}/status" if version else f"{path}/status"
    body = {"status": change.status.value, "statusMessage": change.message}

    def by_api() -> httpx.Response:
        return doors.desk.patch(own, doors.tokens[who], **body)

    if not wanted:
        assert by_api().status_code == 404
        return
    try:
        data = status_change.changed(current, lines, wanted, change, "publisher")
    except NothingChanges as error:
        answer = by_api()
        assert (answer.status_code, answer.json()["detail"]) == (400, str(error))
        return
    request = judged(doors, {where: data}, who)  # None: the file goes
    same(by_api(), request)


def stated(item: Mapping[str, Any]) -> VersionStatus:
    block = item["_meta"]["io.modelcontextprotocol.registry/official"]
    fields = {"status": Status(block["status"]), "message": block.get("statusMessage", "")}
    return VersionStatus.model_construct(**fields)
