"""Coding and segmentation: by the standard's own table, and as others count."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sms.consent.words import Wish
from plugins.sms.meaning import wish_of
from plugins.sms.provider import Coding, Concatenated, Heard
from plugins.sms.settings import SignatureAt, SmsAccount, SmsSettings
from plugins.sms.text import gsm0338, header
from plugins.sms.text.segments import PIECE, WHOLE, count, octets, segments, text_of
from plugins.sms.text.wording import worded

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "sms-gsm0338"
here = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpora (../shared/corpus) are not here")
NAMES = {"GSM-7": Coding.GSM7, "UCS-2": Coding.UCS2}


@cache
def told(name: str) -> Any:
    return json.loads((CORPUS / name).read_text(encoding="utf-8"))


@here
def test_every_character_of_the_standard_is_written_and_read_as_it_says() -> None:
    table = told("table.json")
    listed = {**table["basic"], **table["extension"]}
    assert len(listed) == len(gsm0338.OCTETS) == 137
    for code, char in listed.items():
        assert gsm0338.encode(char) == bytes.fromhex(code), char
        assert gsm0338.decode(bytes.fromhex(code)) == char


@here
def test_a_text_costs_what_others_count() -> None:
    for example in told("segments.json"):
        found = count(example["body"])
        assert (found.coding, found.parts) == (NAMES[example["encoding"]], example["segments"]), example["id"]
        assert len(segments(example["body"], 1)) == example["segments"]


@given(text=st.text(max_size=400) | st.text(alphabet="".join(gsm0338.OCTETS), max_size=700))
def test_cut_and_joined_it_is_the_same_text(text: str) -> None:
    pieces = segments(text, 7)
    sent = text.encode("utf-16-be", "replace").decode("utf-16-be")
    assert "".join(text_of(piece.octets, piece.coding) for piece in pieces) == sent
    assert "".join(piece.text for piece in pieces) == sent
    room = (WHOLE if len(pieces) == 1 else PIECE)[pieces[0].coding]
    assert all(len(piece.octets) <= room * (2 if piece.coding is Coding.UCS2 else 1) for piece in pieces)
    assert count(text).parts == len(pieces)


def test_stop_is_a_whole_text_and_no_piece_of_one() -> None:
    whole = Heard("1", "2", "退订")
    assert wish_of(whole, SmsSettings()) is Wish.STOP
    assert wish_of(replace(whole, part=Concatenated(7, 0, 1)), SmsSettings()) is Wish.STOP
    assert wish_of(replace(whole, part=Concatenated(7, 1, 2)), SmsSettings()) is Wish.NONE
    assert wish_of(replace(whole, header=header.concatenated(7, 1, 2)), SmsSettings()) is Wish.NONE


def test_neither_an_emoji_nor_an_escape_is_cut_in_two() -> None:
    assert [len(piece.text) for piece in segments("字" * 66 + "😀" + "字" * 40, 1)] == [66, 41]
    assert [len(piece.text) for piece in segments("a" * 152 + "€" + "a" * 40, 1)] == [152, 41]


def test_half_an_emoji_and_other_rubbish_can_be_read_and_sent() -> None:
    assert text_of(b"\xd8\x3d", Coding.UCS2) == "\N{REPLACEMENT CHARACTER}"
    assert text_of(b"\x00", Coding.UCS2) == "\N{REPLACEMENT CHARACTER}"
    assert segments("\ud83d", 1)[0].octets == b"\x00?"[1:]
    assert gsm0338.decode(b"\x1b\x1b\x1bA\xff\x1b") == " Aà"


def test_what_is_left_of_the_last_part_is_told() -> None:
    assert (count("").parts, count("").left) == (1, 160)
    assert (count("€").units, count("€").left) == (2, 158)
    assert (count("好" * 71).parts, count("好" * 71).left) == (2, 67 - 4)


@given(head=st.binary(max_size=30))
def test_any_header_is_read(head: bytes) -> None:
    part = header.part_of(head)
    assert part is None or 0 <= part.index < part.total
    front, rest = header.split(head)
    assert front + rest == head


def test_both_kinds_of_reference_name_the_piece() -> None:
    assert header.part_of(header.concatenated(0x1C7, 1, 3)) == Concatenated(0xC7, 1, 3)
    assert header.part_of(bytes.fromhex("0c05040b8423f0080412340201")) == Concatenated(0x1234, 0, 2)
    assert header.part_of(bytes.fromhex("0500031c0204")) is None  # piece 4 of 2


def test_the_companys_signature_is_put_where_the_carrier_wants_it() -> None:
    assert worded(SmsAccount(signature="【公司】"), "您好") == "【公司】您好"
    assert worded(SmsAccount(signature="【公司】", signature_at=SignatureAt.END), "您好") == "您好【公司】"
    assert worded(SmsAccount(signature="【公司】"), "【公司】您好") == "【公司】您好"
    assert octets("a好", Coding.OCTETS) == b"a?"
