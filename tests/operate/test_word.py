"""The company's own words: an approved version with a newer one, a collection, a look; then the next dump comes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.operate.company import OFFICIAL_URL, Company, official_item
from tests.registry import CONFIG, Registry

MAPS, NOTES, EVIL = "com.fine/maps", "com.fine/notes", "com.evil/coins"
SETTINGS = f"""{CONFIG}upstreams:
  - {{name: official, url: {OFFICIAL_URL}, kind: dump, file: dumps/official.json}}
brand:
  accent: "#7a1f5c"
  footer: [{{title: Imprint, url: pages/imprint}}]
  featured: [chosen]
exports:
  teams: [{{name: platform, collections: [chosen]}}]
"""
WORDS = {
    f"servers/{MAPS}/overlay.yaml": "recommended: true\nnotes: Ask **us**.\n"
    "approved: {by: Security, at: 2026-01-31, versions: ['1.0.0']}\n",
    "collections/chosen.yaml": f"title: Chosen\nservers: [{MAPS}, {EVIL}]\n",
    "site/pages/imprint.md": "# Imprint\n\nAcme.\n",
}


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Company:
    registry = Registry(tmp_path / "company", SETTINGS)
    company = Company(registry, capsys, tmp_path / "public")
    company.dump(*map(official_item, (MAPS, NOTES, EVIL)))
    company.run("mirror", "--commit")
    company.run("block", EVIL, "--reason", "malware", "--commit")
    registry.commit(WORDS)
    return company


def test_the_companys_words_survive_the_next_dump(company: Company) -> None:
    for round_number in range(2):
        with company.served() as client:
            base = "/collections/chosen/v0.1/servers"
            (item,) = client.get(f"{base}?version=latest").json()["servers"]
            assert item["server"]["name"] == MAPS
            word = item["_meta"]["com.example.registry/overlay"]
            assert word["recommended"] is True
            is_approved = item["server"]["version"] == "1.0.0"
            assert bool(word["approved"]) is is_approved is (round_number == 0)
            name = MAPS.replace("/", "%2F")
            old = client.get(f"{base}/{name}/versions/1.0.0").json()
            assert old["_meta"]["com.example.registry/overlay"]["approved"]["by"] == "Security"
            lists = client.get("/exports/teams/platform/claude-code/managed-settings.json").json()
            assert [row["serverCommand"][-1] for row in lists["allowedMcpServers"]] == [
                "@fine/maps@1.0.0",
                "@fine/maps@1.0.0",
            ]
            assert {row["serverCommand"][-1] for row in lists["deniedMcpServers"]} == {
                "@evil/coins@1.0.0"
            }
            assert "Acme." in client.get("/pages/imprint/").text
            assert "Chosen" in client.get("/").text
            assert "approved by Security" in client.get("/changes/").text
        # The next dump: a newer version, and what is blocked once more.
        company.dump(
            official_item(MAPS), official_item(MAPS, "1.1.0"), official_item(EVIL, "2.0.0")
        )
        company.run("mirror", "--commit", "--full")
        assert company.code == 0
    overlay = json.dumps(WORDS[f"servers/{MAPS}/overlay.yaml"])
    assert (
        json.dumps((company.registry.root / f"servers/{MAPS}/overlay.yaml").read_text()) == overlay
    )
