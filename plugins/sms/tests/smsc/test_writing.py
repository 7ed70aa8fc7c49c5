"""How handsets write: the alphabet where it is enough, pieces that cut nothing, headers that any input may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sms.smsc import alphabet, joining
from plugins.sms.smsc.joining import Joiner, Piece

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x1b"), max_size=400)


@pytest.mark.parametrize(
    ("text", "coding", "pieces"),
    [
        ("a" * 160, alphabet.GSM, 1),
        ("a" * 161, alphabet.GSM, 2),
        ("€" * 80, alphabet.GSM, 1),
        ("好" * 70, alphabet.UCS2, 1),
        ("好" * 71, alphabet.UCS2, 2),
        ("好" * 134 + "a", alphabet.UCS2, 3),
        ("😀" * 35, alphabet.UCS2, 1),
        ("", alphabet.GSM, 1),
    ],
)
def test_a_text_takes_as_many_pieces_as_a_phone_would_need(text: str, coding: int, pieces: int) -> None:
    written = alphabet.write(text)
    assert (written.coding, len(written.pieces)) == (coding, pieces)


@given(TEXTS)
def test_every_piece_can_be_read_alone_and_all_together_are_the_text(text: str) -> None:
    written = alphabet.write(text)
    read = [alphabet.read(piece, written.coding) for piece in written.pieces]
    assert "".join(read) == text
    assert not any("\ufffd" in piece for piece in read) or "\ufffd" in text


@given(st.binary(max_size=60), st.sampled_from([0, 1, 3, 4, 8, 255]))
def test_whatever_comes_is_read(octets: bytes, coding: int) -> None:
    _, rest = joining.split(octets)
    assert isinstance(alphabet.read(rest, coding), str)


@given(st.permutations(range(1, 5)))
def test_pieces_are_joined_in_whatever_order_they_come(order: list[int]) -> None:
    joiner, whole = Joiner(), ""
    for place in order:
        piece, text = joining.split(joining.header(Piece(7, 4, place)) + b"abcd"[place - 1 : place])
        assert piece == Piece(7, 4, place)
        whole = joiner.take("1", "2", piece, text.decode()) or ""
    assert whole == "abcd"
