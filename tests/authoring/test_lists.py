"""blocks.yaml and approvals.yaml, however a person left them: one item more, or what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.authoring import approvals_file, blocks_file
from builder.model.approvals import VersionApproval
from builder.model.blocks import Block
from builder.model.errors import RegistryError

BLOCK = Block(name="com.example/evil", reason="malware")
ITEM = '- name: "com.example/evil"\n  reason: "malware"\n'
OTHER = "- name: com.example/old\n  reason: policy\n"
INDENTED = '  - name: "com.example/evil"\n    reason: "malware"\n'
APPROVAL = VersionApproval(name="com.example/w", version="1.0.0", fingerprint="0" * 64, who="A")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# why\n", "# why\n" + ITEM),
        ("# why\n[]\n", "# why\n" + ITEM),
        ("# why\n\n[]  # none yet\n", "# why\n" + ITEM),
        (OTHER, OTHER + ITEM),
        (OTHER.rstrip(), OTHER + ITEM),
        (OTHER + "# at the end\n", OTHER + "# at the end\n" + ITEM),
        (OTHER + "...\n", OTHER + ITEM + "...\n"),
        (f"---\n{OTHER}", f"---\n{OTHER}{ITEM}"),
        (
            "  - name: a.b/c\n    reason: policy\n",
            "  - name: a.b/c\n    reason: policy\n" + INDENTED,
        ),
        ("- {name: a.b/c, reason: policy}\n", "- {name: a.b/c, reason: policy}\n" + ITEM),
    ],
    ids=["comment", "empty", "note", "one", "no-end", "tail", "dots", "start", "indent", "flow"],
)
def test_an_item_is_added_where_an_editor_would(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "blocks.yaml"
    file.write_text(before)
    blocks_file.add(tmp_path, BLOCK)
    assert file.read_text() == after
    assert BLOCK in blocks_file.read(tmp_path)[1].rows


@pytest.mark.parametrize("before", ["", "[]\n", "\n"], ids=["nothing", "empty", "line"])
def test_a_list_begins_with_what_it_is_for(tmp_path: Path, before: str) -> None:
    for name in ("blocks.yaml", "approvals.yaml"):
        (tmp_path / name).write_text(before)
    blocks_file.add(tmp_path, BLOCK)
    approvals_file.add(tmp_path, APPROVAL)
    assert (tmp_path / "blocks.yaml").read_text().startswith("# What this registry")
    assert (tmp_path / "approvals.yaml").read_text().startswith("# What was looked at")
    assert approvals_file.read(tmp_path).root == (APPROVAL,)


@pytest.mark.parametrize(
    ("before", "word"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"a: b\n", "not a list"),
        (b"[{name: a.b/c, reason: policy}]\n", "one line"),
        (b"- name: [\n", "not YAML"),
    ],
    ids=["bytes", "table", "one-line", "syntax"],
)
def test_a_list_that_cannot_be_added_to_stays_as_it_is(
    tmp_path: Path, before: bytes, word: str
) -> None:
    file = tmp_path / "blocks.yaml"
    file.write_bytes(before)
    with pytest.raises(RegistryError, match=word):
        blocks_file.add(tmp_path, BLOCK)
    assert file.read_bytes() == before


def test_approvals_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "approvals.yaml").write_bytes(b"\xff\xfe")
    for use in (approvals_file.read, lambda root: approvals_file.add(root, APPROVAL)):
        with pytest.raises(RegistryError, match=r"approvals\.yaml.*UTF-8"):
            use(tmp_path)
