"""The difference of two documents, as laws."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder.pages.html.diff import ComparedDocument, changes
from tests.pages.made import npm

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.text(min_size=1, max_size=4), VALUES, max_size=4)


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert changes(ComparedDocument(document), ComparedDocument(document)) == ()


@given(DOCUMENTS, DOCUMENTS)
def test_the_way_back_undoes_the_way_there(left: dict[str, Any], right: dict[str, Any]) -> None:
    there, back = (
        changes(ComparedDocument(left), ComparedDocument(right)),
        changes(ComparedDocument(right), ComparedDocument(left)),
    )
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(one.where, one.kind, one.before, one.after) for one in there} == {
        (one.where, opposite[one.kind], one.after, one.before) for one in back
    }


def test_moving_a_variable_in_its_list_is_no_change() -> None:
    one, two = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
    before = {"packages": [npm("x", environmentVariables=[one, two])]}
    after = {"packages": [npm("x", environmentVariables=[two, one])]}
    assert changes(ComparedDocument(before), ComparedDocument(after)) == ()


def test_an_exchanged_image_is_a_change_of_its_identifier() -> None:
    before = {"packages": [{"registryType": "oci", "identifier": "docker.io/x:1"}]}
    after = {"packages": [{"registryType": "oci", "identifier": "docker.io/x:2"}]}
    (change,) = changes(ComparedDocument(before), ComparedDocument(after))
    assert (change.kind, change.where, change.before, change.after) == (
        "changed",
        "packages › oci › identifier",
        "docker.io/x:1",
        "docker.io/x:2",
    )
