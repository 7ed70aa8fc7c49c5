"""Whatever a far side sends to a leg is taken or counted, and the others go on: one thread carries them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.sip.media import rtcp, rtp
from plugins.sip.media.arrangement import Room, arrange
from plugins.sip.media.engine import Codec, Crypto, Direction, Event
from plugins.sip.media.leg import Leg
from plugins.sip.media.rtcp import Block, Report, Sender
from plugins.sip.media.rtp_socket import RtpSocket
from plugins.sip.media.srtp import Srtp
from plugins.sip.media.ticks import Ticks
from plugins.sip.tests.media.far_side import EVENT_KIND

OURS, THEIRS = bytes(range(30)), bytes(range(30, 60))
HEADERS = st.builds(
    rtp.build,
    st.sampled_from([0, 8, 13, 72, EVENT_KIND, 127]),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.sampled_from([7, 8]),
    st.sampled_from([bytes(160), b"\x01\x0a\x00\xa0", b""]) | st.binary(max_size=400),
    marker=st.booleans(),
)
WORDS = st.integers(0, 2**32 - 1)
BLOCKS = st.builds(Block, WORDS, st.integers(0, 255), st.integers(0, 2**23 - 1), WORDS, WORDS, WORDS, WORDS)
REPORTS = st.builds(Report, WORDS, st.builds(Sender, WORDS, WORDS, WORDS, WORDS), st.tuples(BLOCKS)).map(
    lambda report: rtcp.build(report, "name")
)
DATAGRAMS = st.lists(HEADERS | REPORTS | st.binary(max_size=300), max_size=12)


class Sent:
    """In place of the system's socket: what has come, and what went out."""

    def __init__(self, datagrams: list[bytes]) -> None:
        self.came, self.went = list(datagrams), list[bytes]()

    def read(self) -> bytes:
        if not self.came:
            raise BlockingIOError
        return self.came.pop(0)


@contextmanager
def leg(name: str, datagrams: list[bytes], crypto: Crypto | None = None) -> Iterator[tuple[Leg, Sent]]:
    made, sent = Leg(name, RtpSocket("127.0.0.1", [0]), lambda *_: None), Sent(datagrams)
    try:
        made.connect(("127.0.0.1", 9), Codec.PCMU, EVENT_KIND, crypto, Direction.SENDRECV, learn=False, rtcp=9)
        made.socket.read, made.socket.write = sent.read, sent.went.append
        yield made, sent
    finally:
        made.close()


@settings(max_examples=40)  # each opens two sockets
@given(DATAGRAMS, st.booleans())
def test_the_others_hear_and_are_heard_whatever_comes(datagrams: list[bytes], secret: bool) -> None:
    crypto = Crypto(OURS, THEIRS) if secret else None
    if secret:  # by a far side that has the key, and means no good
        srtp = Srtp(Crypto(THEIRS, OURS))
        datagrams = [srtp.protect(each) if len(each) >= rtp.SIZE else each for each in datagrams]
    told = list[Event]()
    with leg("odd", datagrams, crypto) as (odd, _), leg("even", []) as (even, sent):
        ticks = Ticks(told.append)
        ticks.rearrange(arrange([odd, even], {"room": Room(("odd", "even"))}))
        for each in (odd, even):
            ticks.agreed(each, 0.0, anew=True)
        for number in range(1, len(datagrams) + 3):
            ticks.receive([odd], number * 0.02)
            ticks.tick(number, 1, number * 0.02, {})
        assert [len(each) for each in sent.went] == [172] * (len(datagrams) + 2)
        ticks.statistics(odd)
        ticks.say_goodbye(odd, 1.0)
