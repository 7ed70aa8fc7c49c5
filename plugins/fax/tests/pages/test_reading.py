"""What came in is kept dot for dot, marked where nobody needs to look, and read as far as this machine can."""

from __future__ import annotations

import io
import random

import pytest
import zxingcpp
from PIL import Image

from plugins.fax.pages import PageError, Problem, Reader, Routed, route
from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.reading import barcodes, job, ocr
from plugins.fax.pages.reading.marks import Mark, mark_of
from plugins.fax.tests.pages.documents import picture
from plugins.fax.tests.terminal import charts

A4 = (1728, 2292)


def fax(*pages: Image.Image, dpi: tuple[int, int] = charts.FINE) -> bytes:
    return picture(pages[0], "TIFF", compression="group4", dpi=dpi, save_all=True, append_images=pages[1:])


def speckled() -> Image.Image:
    page, dice = Image.new("1", A4, 1), random.Random(6)
    for _ in range(20_000):
        page.putpixel((dice.randrange(A4[0]), dice.randrange(A4[1])), 0)
    return page


def headed() -> Image.Image:
    """Only the line that machines print at the top."""
    page = Image.new("1", A4, 1)
    page.paste(charts.strip(24, 3), (0, 8))
    return page


def test_pages_nobody_has_to_look_at_are_marked() -> None:
    assert mark_of(Image.new("1", A4, 1), 196) is Mark.BLANK
    assert mark_of(headed(), 196) is Mark.BLANK
    assert mark_of(speckled(), 196) is Mark.JUNK
    assert mark_of(Image.new("1", A4, 0), 196) is Mark.JUNK
    assert mark_of(charts.strip(40), 196) is Mark.JUNK, "what was left of a page when the line went"
    assert mark_of(charts.strip(2292), 196) is Mark.NONE
    assert all(mark_of(chart, 196) is Mark.NONE for chart in charts.charts(4))


@pytest.mark.slow
async def test_a_received_fax_is_a_pdf_pictures_and_marks() -> None:
    wanted = [charts.strip(300, 1), Image.new("1", (1728, 300), 1), charts.strip(300, 2)]
    read = await Reader(ocr_seconds=0).read(fax(*wanted, dpi=charts.STANDARD))
    assert read.pdf.count(b"/CCITTFaxDecode") == 3, "not a dot was coded anew"
    assert [page.mark for page in read.pages] == ["", "BLANK", ""]
    shown = [Image.open(io.BytesIO(page.picture)) for page in read.pages]
    assert {page.size for page in shown} == {(1728, 624)}, "as it looked on paper: twice as many lines"
    assert shown[0].resize((1728, 300)).tobytes() == wanted[0].tobytes()
    small = Image.open(io.BytesIO(read.thumbnails))
    assert small.width == 3 * 96
    names = [file.name for file in read.attachments("order")]
    assert names == ["order.pdf", "thumbnails.webp", "page-001.png", "page-002.png", "page-003.png"]
    assert [file.inline for file in read.attachments()] == [False, True, True, True, True]
    assert read.fields()["pages"] == 3 and read.text() == ""


async def test_what_is_no_fax_is_unreadable() -> None:
    with pytest.raises(PageError) as refused:
        await Reader().read(b"II*\0 and then nothing")
    assert refused.value.problem is Problem.UNREADABLE


async def test_text_and_barcodes_are_read_where_somebody_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, with readers of our own in the places of those that may be installed."""
    monkeypatch.setattr(job, "barcodes", lambda square: (["queue:orders"], 180))
    monkeypatch.setattr(ocr, "text_of", lambda picture, seconds: "ORDER 42" if seconds > 0 else "")
    bounds = Bounds({"pages": 9, "pixels": 9, "memory": 9, "page": 600.0})
    said, _ = job.answer({"ocr": 30.0}, [fax(charts.strip(300), Image.new("1", (1728, 300), 1))], bounds)
    first, blank = said["pages"]
    assert (first["barcodes"], first["rotation"], first["text"]) == (["queue:orders"], 180, "ORDER 42")
    assert (blank["mark"], blank["barcodes"], blank["text"]) == ("BLANK", [], ""), "nobody looks at it"


def test_barcodes_are_read_whichever_way_the_page_lies() -> None:
    code = zxingcpp.create_barcode("queue:orders", zxingcpp.BarcodeFormat.QRCode)
    page = Image.new("L", (1728, 1200), 255)
    page.paste(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=8)), (200, 200))
    assert barcodes.barcodes(page.convert("1")) == (["queue:orders"], 0)
    assert barcodes.barcodes(page.rotate(180).convert("1")) == (["queue:orders"], 180)
    assert barcodes.barcodes(page.rotate(90, expand=True).convert("1")) == (["queue:orders"], 90)


def test_without_a_reader_of_barcodes_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barcodes, "can_read", lambda: False)
    assert barcodes.barcodes(charts.strip(100)) == ([], 0)


def test_a_cover_sheet_leads_to_a_queue_or_a_ticket() -> None:
    assert route(["4006381333931", "queue:Orders", "ticket:482190356"]) == Routed("orders", "482190356")
    assert route(["#4821-9035-6"]) == Routed(serial="482190356")
    assert route(["queue:", "call me", "12345678"]) == Routed()
