"""What is done to pages when they are about to go: the heading on each, and fewer rows for machines that print no
finer. All else stays dot for dot."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

from plugins.fax.pages import Heading, PageError, PageLimits, Printer, Problem
from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.printing import ready, strip
from plugins.fax.pages.printing.fonts import Font, font_for
from plugins.fax.terminal.ending import Cause, ending
from plugins.fax.tests.pages.documents import leaves
from plugins.fax.tests.terminal import charts
from plugins.fax.tests.terminal.lines import by_packets, hang_up, only_standard, receives, sends, talk

AT = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("Asia/Shanghai"))
HEADING = Heading(AT, "Acme", "+86 10 5888 0001", "+1 202 5550")
ROWS = 39
"""5 mm of a fine page."""
UNBOUND = Bounds({"pages": 100, "pixels": 1, "memory": 1, "page": 1})


def made(pages: list[Image.Image], heading: Heading | None, *, coarse: bool = False) -> list[Image.Image]:
    told = {"coarse": coarse, "font": "", "heading": _said(heading)}
    _, [tiff] = ready.answer(told, [_tiff(pages)], UNBOUND)
    return leaves(tiff)


def _said(heading: Heading | None) -> object:
    if heading is None:
        return None
    names = ("sender", "station", "to", "language", "above")
    return {"at": heading.at.isoformat(), **{name: getattr(heading, name) for name in names}}


def _tiff(pages: list[Image.Image]) -> bytes:
    made = io.BytesIO()
    pages[0].save(made, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=charts.FINE)
    return made.getvalue()


def black(page: Image.Image) -> int:
    return page.convert("1").histogram()[0]


def cut(page: Image.Image, above: int, below: int | None = None) -> Image.Image:
    return page.crop((0, above, page.width, below or page.height))


def test_the_time_is_the_site_s_and_so_is_the_language() -> None:
    assert HEADING.line() == "2026-11-23 07:30   From: Acme +86 10 5888 0001   To: +1 202 5550"
    assert HEADING.page(2, 3) == "Page 2 of 3"
    chinese = Heading(AT, "远景公司", "", "+1 202 5550", "zh-CN")
    assert chinese.line() == "2026年11月23日 07:30　发件人：远景公司　收件人：+1 202 5550"
    assert chinese.page(2, 3) == "第 2 页，共 3 页"


def test_it_is_written_over_the_top_and_nothing_below_changes() -> None:
    """No page grows by it: what filled a sheet of the far machine's paper still does."""
    pages = [charts.strip(600, 1), charts.strip(900, 2)]
    got = made(pages, HEADING)
    assert [page.size for page in got] == [page.size for page in pages]
    assert charts.same([cut(page, ROWS) for page in pages], [cut(page, ROWS) for page in got])
    tops = [cut(page, 0, ROWS) for page in got]
    assert all(300 < black(top) < top.width * ROWS / 8 for top in tops), "letters on white, whatever stood there"
    assert not charts.same(tops[:1], tops[1:]), "each says which page it is"
    assert all(page.info["dpi"] == charts.FINE for page in got)


def test_above_a_page_nothing_of_it_is_lost() -> None:
    pages = [charts.strip(600, 1)]
    [got] = made(pages, Heading(AT, "Acme", "", "", above=True))
    assert got.height == 600 + ROWS and charts.same(pages, [cut(got, ROWS)])


def test_a_line_too_long_for_the_page_leaves_room_for_the_number() -> None:
    short, long = (made([charts.strip(600)], Heading(AT, name, "", "")) for name in ("W", "W" * 300))
    right = [page.crop((1500, 0, 1728, ROWS)) for page in (*short, *long)]
    assert all(charts.same([one], [other]) for one, other in pairwise(right))


def test_where_no_font_has_its_letters_the_fax_goes_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def latin_only(text: str, size: int, chosen: str = "") -> Font:
        if not text.isascii():
            raise PageError(Problem.NO_FONT)
        return font_for("", size)

    monkeypatch.setattr(strip, "font_for", latin_only)
    chinese, without = Heading(AT, "远景公司", "+86 10", "+1", "zh"), Heading(AT, "", "+86 10", "+1")
    assert charts.same(made([charts.strip(99)], chinese), made([charts.strip(99)], without))


def test_pages_redrawn_at_standard_resolution_keep_their_shape_and_thin_lines() -> None:
    page = Image.new("1", (charts.WIDTH, 2292), 1)
    draw = ImageDraw.Draw(page)
    draw.rectangle((300, 500, 1299, 1499), outline=0)
    draw.line((0, 2001, charts.WIDTH, 2001), 0)  # one row, and an odd one
    [small] = made([page], None, coarse=True)
    assert small.size == (charts.WIDTH, 1146) and small.info["dpi"] == charts.STANDARD
    left, top, right, bottom = cut(small, 0, 900).point([255, *[0] * 255]).getbbox() or (0, 0, 0, 0)
    across, down = (right - left) / charts.STANDARD[0], (bottom - top) / charts.STANDARD[1]
    assert across / down == pytest.approx((1000 / charts.FINE[0]) / (1000 / charts.FINE[1]), rel=0.01)
    assert black(cut(small, 990, 1010)) >= charts.WIDTH, "the thin line is still there"


@pytest.mark.slow
def test_a_machine_that_knows_standard_resolution_alone_gets_pages_redrawn(tmp_path: Path) -> None:
    """Fine pages it refuses with a cause that says so; the same redrawn it takes, as they were made."""
    fine = charts.save(tmp_path / "fine.tif", charts.charts(1))
    coarse = tmp_path / "coarse.tif"
    coarse.write_bytes(ready.answer({"coarse": True, "heading": None, "font": ""}, [fine.read_bytes()], UNBOUND)[1][0])
    ends = []
    for document in (fine, coarse):
        one, other = by_packets(sends(document)), by_packets(receives(tmp_path / "got.tif"))
        only_standard(other)
        talk(one, other)
        hang_up(one, other)
        ends.append(one.done)
    assert [(done.ok, ending(done.code).cause is Cause.IMAGE) for done in ends] == [(False, True), (True, False)]
    assert ends[1].resolution == charts.STANDARD
    assert charts.same(charts.load(coarse), charts.load(tmp_path / "got.tif"))


@pytest.mark.slow
async def test_all_of_it_by_the_process_that_handles_pages() -> None:
    pages = [charts.strip(600, 1)]
    printer = Printer(PageLimits())
    [got] = leaves(await printer.ready(_tiff(pages), HEADING, coarse=True))
    assert got.size == (charts.WIDTH, 300) and got.info["dpi"] == charts.STANDARD
    assert await printer.ready(b"anything", None) == b"anything", "nothing asked for, nothing touched"
    with pytest.raises(PageError):
        await printer.ready(b"II*\0nothing", HEADING)
