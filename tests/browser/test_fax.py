"""Faxes as an agent sees them: a dealer's machine sends one, its pages are turned and turned round, and the answer is
looked at before it goes."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import ConsoleMessage, FilePayload, expect

from plugins.fax.machine.machine import Machine
from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import faults
from tests.browser.test_sms import change
from tests.support.fixtures import StartHub
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.peer]

PRINTER = """window.print = () => {
  top.document.documentElement.dataset.printed = [...document.images].filter((page) => page.naturalWidth).length;
}"""
LONG = 120_000.0
FAX, DEALER = "+861058880001", "+8613800138000"
SITE = """
[site]
name = "Parts"
plugins = ["sip", "fax"]

[[queues]]
key = "orders"
name = "Orders"

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = {port}, peers = ["127.0.0.1"], proxies = ["127.0.0.1:{dealer}"], prefixes = ["*"] }}

[[accounts]]
name = "Faxes"
channel = "fax"
connection = "Trunk"
address = "tel:{number}"
queue = "orders"

[[users]]
login = "lin"
name = "Lin Yue"
password = "{password}"
roles = ["supervisor"]
queues = ["orders"]
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The running site, and the machine of one of its dealers."""

    url: str
    dealer: Machine


@pytest.fixture
async def parts(tmp_path: Path, hub_process: StartHub) -> AsyncIterator[Parts]:
    """A site with a fax number, and nobody else on its trunk."""
    port = free_port()
    async with Machine(DEALER, tmp_path / "dealer") as dealer:
        await dealer.telephone.open()
        site = SITE.format(port=port, dealer=dealer.telephone.port, number=FAX, password=PASSWORD)
        (tmp_path / "hub.toml").write_text(site, encoding="utf-8")
        hub = await hub_process()
        dealer.telephone.hub = ("127.0.0.1", port)
        yield Parts(hub.http, dealer)


def order() -> bytes:
    """Three short pages: something, nothing, and something again."""
    pages = [Image.new("1", (1728, 300), 1) for _ in range(3)]
    for page in (pages[0], pages[2]):
        ImageDraw.Draw(page).rectangle((300, 120, 1400, 200), fill=0)
    made = io.BytesIO()
    pages[0].save(made, "TIFF", compression="group4", dpi=(204, 98), save_all=True, append_images=pages[1:])
    return made.getvalue()


async def stands(desk: Desk, **known: Any) -> None:
    """How the page lies there."""
    for name, value in known.items():
        await expect(desk.at("fax-stage")).to_have_attribute(f"data-{name}", str(value), timeout=PATIENCE)


def complain(said: ConsoleMessage, complaints: list[str]) -> None:
    """What the browser says is wrong, and with what."""
    if said.type == "error":
        complaints.append(f"{said.text} {said.location['url']}")


async def it_is_seen_to_arrive(lin: Desk) -> None:
    """Page by page, while it does."""
    arriving = lin.at("fax-arriving")
    await expect(arriving).to_contain_text(DEALER, timeout=LONG)
    await expect(arriving).to_have_attribute("data-page", "2", timeout=LONG)
    assert await faults(lin) == []


async def a_new_fax_is_looked_at(lin: Desk) -> None:
    """Somebody begins one with a file, while another is on its way: what cannot be printed is said beforehand."""
    await lin.at("start-contact").click()
    dialog = lin.at("start-dialog")
    preview, place = dialog.get_by_test_id("fax-preview"), dialog.get_by_test_id("fax-place")
    await expect(preview).to_be_disabled(timeout=PATIENCE)
    for name, content in (("prices.txt", "烤箱 100\f冰箱 200".encode()), ("prices.zip", b"PK\x03\x04\0\0")):
        file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        await lin.at("start-files").set_input_files(file)
        await expect(dialog.get_by_test_id("draft-files")).to_contain_text(name, timeout=PATIENCE)
        await preview.click()
        if name == "prices.txt":
            await expect(place).to_have_text("1 of 2", timeout=PATIENCE)
            assert await faults(lin) == []
    await lin.sees("fax-refused", "“prices.zip” cannot be printed.")
    await lin.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden(timeout=PATIENCE)


async def test_pages_are_turned_by_keys_and_an_answer_is_seen_before_it_goes(parts: Parts, sit_down: SitDown) -> None:
    lin = await sit_down(parts, "lin")
    await lin.page.add_init_script(PRINTER)
    await change(lin, preferences={"undo_seconds": 0})  # nothing waits to be taken back
    complaints: list[str] = []
    lin.page.on("console", lambda said: complain(said, complaints))
    await lin.be("READY")
    await lin.at("nav-fax-desk").click()
    await lin.sees("fax-arriving-count", "No fax is coming in.")
    parts.dealer.send(FAX, order())
    await it_is_seen_to_arrive(lin)
    await expect(lin.at("offer")).to_be_visible(timeout=LONG)
    await lin.sees_no("fax-arriving")
    await lin.accept()

    await lin.sees("fax-facts", "3 pages")
    await lin.sees("fax-place", "1 of 3")
    await expect(lin.at("fax-page-2")).to_be_hidden()  # nothing is on it
    stage = lin.at("fax-stage")
    await stage.focus()
    await stage.press("ArrowRight")
    await lin.sees("fax-place", "3 of 3")
    await stage.press("r")
    await stage.press("+")
    await stands(lin, turn=90, size=1.5)
    await lin.at("fax-folded").click()
    await lin.at("fax-page-2").click()
    await lin.sees("fax-place", "blank")
    assert await faults(lin) == []
    await lin.at("fax-print").click()
    await expect(lin.page.locator("html")).to_have_attribute("data-printed", "3", timeout=PATIENCE)
    async with lin.page.expect_download() as download:
        await lin.at("attachments").get_by_role("link").click()
    assert (await download.value).suggested_filename == "fax.pdf"

    await lin.write("您的订单已发货。")
    await lin.at("fax-choose-cover").select_option("STANDARD")
    await lin.at("fax-preview").click()
    await expect(lin.at("composer").get_by_test_id("fax-place")).to_have_text("1 of 1", timeout=PATIENCE)
    await lin.at("fax-close").click()
    await lin.at("send").click()
    await a_new_fax_is_looked_at(lin)
    await expect(lin.at("fax-state")).to_have_attribute("data-state", "DELIVERED", timeout=LONG)
    await change(lin, language="zh")
    await lin.sees("fax-state", "1 页已送达")
    await lin.sees("fax-place", "第 1 页，共 3 页")
    assert [words for words in complaints if "422" not in words] == []  # what cannot be printed is refused so
    [*_, received] = parts.dealer.entries
    assert (received.direction, received.pages) == ("IN", 1)
