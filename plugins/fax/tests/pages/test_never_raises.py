"""Whatever bytes come, the parts that read them give a value or an error of their own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.fax.pages import Problem, route, wire
from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.printing.kinds import FileKind, kind_of
from plugins.fax.pages.printing.typesetting import wrapped
from plugins.fax.pages.printing.words import html_text, text_of
from plugins.fax.pages.work import answer_to
from plugins.fax.tests.pages.documents import pdf, picture
from plugins.fax.tests.terminal import charts

LIMITS = {"pages": 3, "pixels": 1_000_000, "memory": 1 << 30, "page": 60.0}
OPTIONS = {"quality": "STANDARD", "paper": "A4", "previews": False, "font": ""}
KINDS = ("", "text/plain", "text/html", "message/rfc822", "application/pdf", "image/png")


@given(st.binary(max_size=400), st.sampled_from(KINDS))
def test_what_a_file_is_and_what_it_says_is_always_known(content: bytes, media_type: str) -> None:
    assert kind_of(content, media_type) in FileKind
    assert isinstance(text_of(content), str)


@given(st.text(max_size=300))
def test_markup_and_mail_are_text(text: str) -> None:
    assert isinstance(html_text(text), str)
    assert isinstance(html_text(f"<p>{text}<table><td>{text}"), str)


@given(st.text(max_size=200), st.floats(1, 60))
def test_no_line_is_wider_than_there_is_room_and_no_letter_is_lost(text: str, room: float) -> None:
    lines = [piece for line in text.splitlines() for piece in wrapped(line, room, lambda char: 1.0)]
    assert all(len(line) <= max(1, room) for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join(char for char in "".join(text.split()) if char.isprintable())


@pytest.mark.slow
@settings(max_examples=25)
@given(st.sampled_from(["pdf", "png", "tiff"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=30))
def test_a_damaged_document_is_printed_or_refused(kind: str, place: int, damage: bytes) -> None:
    whole = {"pdf": pdf, "png": lambda: picture(charts.strip(60)), "tiff": _tiff}[kind]()
    at = place % len(whole)
    content = whole[:at] + damage + whole[at + len(damage) :]
    told = {"work": "print", "files": [("document", "")], "options": OPTIONS, "cover": None}
    said, made = answer_to(told, [content], Bounds(LIMITS))
    assert said["problem"] in set(Problem) if "problem" in said else made[0].startswith(b"II*\0")


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 500), st.binary(max_size=200))
def test_damaged_pages_are_read_or_refused(place: int, damage: bytes) -> None:
    whole = _tiff()
    for content in (damage, whole[:place], whole[:place] + damage + whole[place + len(damage) :]):
        said, made = answer_to({"work": "read", "ocr": 0}, [content], Bounds(LIMITS))
        assert said["problem"] in set(Problem) if "problem" in said else made[0].startswith(b"%PDF")


@given(st.binary(max_size=300))
def test_the_wire_knows_what_is_garbled(data: bytes) -> None:
    try:
        said, blobs = wire.unpacked(data)
    except wire.Garbled:
        return
    assert isinstance(said, dict) and all(isinstance(blob, bytes) for blob in blobs)


@given(st.lists(st.text(max_size=40)))
def test_barcodes_lead_somewhere_or_nowhere(said: list[str]) -> None:
    routed = route(said)
    assert routed.serial == "" or len(routed.serial) == 9


def _tiff() -> bytes:
    return picture(charts.strip(60), "TIFF", compression="group4", dpi=(204, 98))
