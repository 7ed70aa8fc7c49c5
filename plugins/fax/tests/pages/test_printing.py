"""Documents become pages that every fax machine knows: 1728 dots a line, as many lines as the quality has."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from plugins.fax.pages import Cover, PageError, PageLimits, Paper, Printer, PrintOptions, Problem, Quality
from plugins.fax.pages.printing import words
from plugins.fax.tests.pages.documents import file, leaves, pdf, picture
from plugins.fax.tests.terminal import charts

pytestmark = pytest.mark.slow

PATIENT = PageLimits(page_seconds=20)
"""How fast this machine is, is not what is asked here."""
LETTER = "Dear dealer,\n\n您的订单已发货，请查收。\n"


def black(page: Image.Image) -> int:
    return page.convert("1").histogram()[0]


async def test_a_pdf_a_letter_and_a_picture_become_one_fax_with_a_cover_sheet_that_counts_them() -> None:
    photograph = Image.radial_gradient("L").resize((900, 600))
    files = [
        file(pdf(2), "application/pdf"),
        file(LETTER.encode("gb18030"), "text/plain"),
        file(picture(photograph, "JPEG"), "image/jpeg"),
    ]
    cover = Cover("张伟", "Lin Yue", "远景公司", "订单", "2026-11-22", "请查收。", "zh")
    made = await Printer(PATIENT).to_pages(files, PrintOptions(cover=cover, previews=True))
    pages = leaves(made.tiff)
    assert made.count == len(pages) == len(made.previews) == 5
    assert {(page.mode, page.size, page.info["dpi"]) for page in pages} == {("1", (1728, 2292), (204, 196))}
    assert all(black(page) > 500 for page in pages), "something is on each"
    assert all(black(page.crop((0, 0, 16, 2292))) == 0 for page in pages), "and nothing beside it"
    shares = [black(page) / (1728 * 2292) for page in pages]
    assert max(shares[:4]) < 0.05 < shares[4], "letters are thin, a photograph is a halftone"


@pytest.mark.parametrize(
    ("quality", "paper", "lines", "length"),
    [
        (Quality.STANDARD, Paper.A4, 98, 1146),
        (Quality.SUPERFINE, Paper.A4, 391, 4572),
        (Quality.FINE, Paper.LETTER, 196, 2156),
    ],
)
async def test_pages_are_as_fine_and_as_long_as_asked(quality: Quality, paper: Paper, lines: int, length: int) -> None:
    made = await Printer(PATIENT).to_pages([file(pdf(size=(842, 595)))], PrintOptions(quality, paper))
    [page] = leaves(made.tiff)
    assert (page.size, page.info["dpi"]) == ((1728, length), (204, lines))


async def test_a_fax_that_is_passed_on_stays_dot_for_dot(tmp_path: Path) -> None:
    came = charts.save(tmp_path / "came.tiff", [charts.strip(600, 1), charts.strip(900, 2)])
    made = await Printer(PATIENT).to_pages([file(came.read_bytes(), "image/tiff")])
    assert charts.same(charts.load(came), leaves(made.tiff))


async def test_a_document_with_a_password_is_refused_by_name() -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(PageError) as refused:
        await Printer(PATIENT).to_pages([file(locked.getvalue(), "application/pdf", "prices.pdf"), file(b"and text")])
    assert (refused.value.problem, refused.value.file) == (Problem.ENCRYPTED, "prices.pdf")


async def test_a_mail_is_printed_with_its_heading() -> None:
    letter = (
        b"From: a@b.example\nSubject: =?utf-8?b?6K6i5Y2V?=\nContent-Type: text/html\n\n<p>one<p>two<script>x</script>"
    )
    assert words.mail_text(letter, "zh").split() == ["发件人:", "a@b.example", "主题:", "订单", "one", "two"]
    made = await Printer(PATIENT).to_pages([file(letter, "message/rfc822")])
    assert made.count == 1 and black(leaves(made.tiff)[0]) > 500


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (b"PK\x03\x04\0\0", "application/zip", Problem.UNREADABLE),
        (b"%PDF-1.4 and then nothing", "application/pdf", Problem.UNREADABLE),
        (b"\x89PNG\r\n\x1a\n cut off", "image/png", Problem.UNREADABLE),
        (b"", "text/plain", Problem.EMPTY),
    ],
)
async def test_what_cannot_be_printed_is_said_in_a_line(content: bytes, media_type: str, problem: Problem) -> None:
    with pytest.raises(PageError) as refused:
        await Printer(PATIENT).to_pages([file(content, media_type, "order.bin")])
    assert refused.value.problem is problem
    assert all(refused.value.line(language) for language in ("en", "zh"))
    assert problem is Problem.EMPTY or "order.bin" in refused.value.line()
