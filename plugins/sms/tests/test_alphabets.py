"""Far sides that know fewer characters than handsets: what arrives is what was sent, and none is too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from hub.api import AnyConnection
from plugins.sms.cmpp import provider as cmpp
from plugins.sms.cmpp.pdu import Deliver
from plugins.sms.meaning import part_of, said
from plugins.sms.provider import Heard, Outgoing, Segment
from plugins.sms.smpp import reading, writing
from plugins.sms.smpp.carrier import Smpp
from plugins.sms.smpp.settings import Alphabet
from plugins.sms.tests.desk import connection, context
from plugins.sms.tests.test_contract import ACCOUNT
from plugins.sms.text import gsm0338
from plugins.sms.text.segments import count, segments

LETTERS = "".join(gsm0338.OCTETS)
TEXTS = st.text(alphabet=LETTERS, max_size=500) | st.text(alphabet=f"{LETTERS}ç好😀", max_size=300)
SMPP = {"host": "h", "system_id": "x"}
UCS2, WHOLE_OCTETS = 8, 140


def cut(provider: Smpp | cmpp.Cmpp, way: AnyConnection, text: str) -> Sequence[Segment]:
    narrow = provider.narrow(way)
    pieces = segments(text, 7, narrow)
    assert len(pieces) == count(text, narrow).parts, "the writer was told another count"
    return pieces


def outgoing(piece: Segment) -> Outgoing:
    return Outgoing(9, ACCOUNT, "10690001", "+8613800138000", piece)


def joined(pieces: Sequence[Heard]) -> str:
    parts = [part_of(piece) for piece in pieces]
    assert [part and (part.index, part.total) for part in parts] == [
        (place, len(pieces)) if len(pieces) > 1 else None for place in range(len(pieces))
    ]
    return "".join(said(piece) for piece in pieces)


@pytest.mark.parametrize("alphabet", list(Alphabet))
@given(text=TEXTS)
def test_by_smpp_all_arrives(alphabet: Alphabet, text: str) -> None:
    way = connection("smpp", {**SMPP, "default_alphabet": alphabet})
    heard = []
    for piece in cut(Smpp(context()), way, text):
        told = smpp34.decode(writing.submit(outgoing(piece), way.settings.of_kind))
        assert isinstance(told, smpp34.SubmitSm)
        octets, esm, coding = told.short_message, told.esm_class, told.data_coding
        room = WHOLE_OCTETS if coding == UCS2 else 160 - len(piece.header) // 6
        assert (len(octets) if coding == UCS2 else septets(piece) + len(piece.header)) <= room
        back = smpp34.DeliverSm("861", "10690001", octets, esm_class=esm, data_coding=coding).encode()
        news = reading.news(back, alphabet)
        assert isinstance(news, Heard)
        heard.append(news)
    assert joined(heard) == text


@given(text=TEXTS)
def test_by_cmpp_all_arrives(text: str) -> None:
    way = connection("cmpp", {"host": "h", "sp_id": "901234", "password": "x"})
    heard = []
    for piece in cut(cmpp.Cmpp(context()), way, text):
        sent = cmpp._message(way.settings.of_kind, outgoing(piece))
        assert len(sent.content) <= cmpp.ROOM[sent.format]
        came = Deliver(bytes(8), "10690001", "861", sent.content, sent.format, sent.udhi)
        heard.append(replace(cmpp._heard(came, ""), at=None))
    assert joined(heard) == text


def septets(piece: Segment) -> int:
    return len(gsm0338.encode(piece.text) or b"")


@pytest.mark.parametrize(
    ("text", "wide", "latin"),
    [("€" * 80, 1, 2), ("a" * 100 + "€", 1, 2), ("é" * 160, 1, 1), ("{" * 81, 2, 2), ("Δ" + "a" * 160, 2, 3)],
)
def test_what_latin_1_lacks_makes_a_text_unicode_and_is_counted_so(text: str, wide: int, latin: int) -> None:
    smpp = Smpp(context())
    ways = [connection("smpp", {**SMPP, "default_alphabet": each}) for each in ("gsm7", "latin1")]
    assert [len(cut(smpp, way, text)) for way in ways] == [wide, latin]


def test_a_text_that_was_refused_by_a_chinese_gateway_is_cut_for_it() -> None:
    provider, way = cmpp.Cmpp(context()), connection("cmpp", {"host": "h", "sp_id": "901234", "password": "x"})
    assert [len(cut(provider, way, text)) for text in ("a" * 159, "a" * 160, "é" * 70, "é" * 100)] == [1, 2, 1, 2]
