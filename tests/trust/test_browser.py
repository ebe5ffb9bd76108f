"""The page that proves a server in a visitor's browser, against a true site and a lying one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from builder import cli
from builder.model.page import media_type
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.trust.sites import LOG, Site, sealed_site

NAME = "com.example/s300"
DOCUMENT = f"v0.1/servers/{NAME}/versions/latest/index.json"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return sealed_site(tmp_path_factory.mktemp("browser"), 301, names_key=True)


@pytest.fixture
def lies() -> dict[str, bytes]:
    return {}


@pytest.fixture
def page(browser: Browser, sealed: Site, lies: dict[str, bytes]) -> Iterator[Page]:
    def answer(request: Request) -> Reply:
        path = request.path.lstrip("/")
        path += "index.html" if not path or path.endswith("/") else ""
        file = sealed.out / path
        if not file.is_file():
            return NOT_FOUND
        return Reply(lies.get(path, file.read_bytes()), headers={"Content-Type": media_type(path)})

    with serving(answer) as server:
        context = browser.new_context(base_url=server.url)
        yield context.new_page()
        context.close()


def test_a_visitor_proves_a_server_and_takes_the_proof_along(
    page: Page, sealed: Site, tmp_path: Path
) -> None:
    page.goto(f"/servers/{NAME}/")
    page.get_by_role("link", name="Entry 300 of the log: prove it").click()
    expect(page.locator("[data-verify]")).to_contain_text(
        "Proved. com.example/s300 1.0.0 is logged"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    saved = tmp_path / "proof"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "com.example_s300-1.0.0.tlog-proof"
    assert cli.run(["verify", str(saved), "--key", str(sealed.public_key)]) == 0


@pytest.mark.parametrize(
    ("path", "old", "new", "reason"),
    [
        (DOCUMENT, b"the weather", b"the future", "is not what its log says was published"),
        (
            f"{LOG}/checkpoint",
            b"\n302\n",
            b"\n301\n",
            "The signature of registry.example.com is wrong",
        ),
        (f"{LOG}/tile/0/001.p/46", b"", b"\0" * 32, "is cut off"),
    ],
)
def test_a_lie_is_seen_in_the_browser(
    path: str, old: bytes, new: bytes, reason: str, page: Page, sealed: Site, lies: dict[str, bytes]
) -> None:
    lies[path] = (sealed.out / path).read_bytes().replace(old, new, 1)
    page.goto(f"/verify/?name={NAME}")
    expect(page.locator("[data-verify]")).to_contain_text(reason)
    expect(page.locator("[data-verify]")).to_contain_text("Not proved.")


def test_a_name_that_is_no_name_is_not_asked_for(page: Page) -> None:
    page.goto("/verify/?name=../../<img src=x onerror=alert(1)>")
    expect(page.locator("[data-verify]")).to_contain_text("is not a server’s name")
