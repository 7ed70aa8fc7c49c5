"""The notation of the ng protocol: what is said is read back, and anything else refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.relay.bencode import NotBencode, Value, decode, encode

values: st.SearchStrategy[Value] = st.recursive(
    st.integers(-(2**60), 2**60) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(values)
def test_what_is_said_is_read(value: Value) -> None:
    assert decode(encode(value)) == value


def test_text_is_utf_8_and_keys_keep_their_order() -> None:
    assert (
        encode({"command": "ping", "sdp": "é", "flags": ["a", 7]}) == b"d7:command4:ping3:sdp2:\xc3\xa95:flagsl1:ai7eee"
    )


@pytest.mark.parametrize(
    "text",
    [b"", b"i7", b"ie", b"i1-2e", b"5:four", b"-1:", b"l", b"d3:key", b"d3:keye", b"di1ei2ee", b"i1ei2e", b"l" * 99],
)
def test_what_is_cut_off_or_something_else_is_refused(text: bytes) -> None:
    with pytest.raises(NotBencode):
        decode(text)


@given(st.binary(max_size=40) | st.text("0123456789:ilde-").map(str.encode))
def test_anything_is_read_or_refused(text: bytes) -> None:
    with suppress(NotBencode):
        decode(text)
