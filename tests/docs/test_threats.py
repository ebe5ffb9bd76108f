"""The page of threats names the tests that play them, and no attack is left out of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "site/docs/operate/threats.md").read_text(encoding="utf-8")
# Laws of all changes, and the command's form: no attack of their own.
NO_ATTACKS = {"test_laws", "test_command"}


def test_every_attack_on_the_page_is_played_by_a_test_and_the_other_way_round() -> None:
    named = set(re.findall(r"^\* .* `((?:\w+/)?test_\w+)`$", PAGE, re.MULTILINE))
    folder = ROOT / "tests/hostile"
    played = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("test_*.py")}
    assert named == played - NO_ATTACKS


def test_every_entry_says_what_stops_the_attack() -> None:
    entries = [line for line in PAGE.splitlines() if re.search(r"test_\w+[^ ]*`$", line)]
    assert len(entries) > 20
    for entry in entries:
        assert re.fullmatch(r"\* \*\*[^*].*?\.\*\* (?!\*Remains).*\. `.*test_\w+.*`", entry), entry
