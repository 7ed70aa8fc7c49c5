"""Which two a node may carry alone, and what its answers say of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugins.sip.media.engine import Codec, Crypto, Direction, Endpoint, MediaError
from plugins.sip.media.relay.bencode import Value
from plugins.sip.media.relay.counting import last_packet, packets
from plugins.sip.media.relay.description import described, endpoint
from plugins.sip.media.relay.ng import Node
from plugins.sip.media.relay.party import Agreed, Party, may_be_relayed

AGREED = Agreed(("192.0.2.1", 4000), Codec.PCMA, 101, None, Direction.SENDRECV, learn=True, rtcp=0)
NODE = Node("192.0.2.9:2223")
AT = Endpoint("192.0.2.9", 30_000)


def party(name: str, agreed: Agreed | None = AGREED) -> Party:
    return Party(name, NODE, "call", AT, AT, agreed=agreed)


def test_two_who_only_talk_are_the_node_s() -> None:
    assert may_be_relayed(party("one"), party("other"))


@pytest.mark.parametrize(
    "change", [{"held": True}, {"playing": 3}, {"playing": -1}, {"recorded": True}, {"pressing": 1}]
)
def test_whatever_it_cannot_do_takes_both_back(change: dict[str, int]) -> None:
    other = party("other")
    for name, value in change.items():
        setattr(other, name, value)
    assert not may_be_relayed(party("one"), other) and not may_be_relayed(other, party("one"))


@pytest.mark.parametrize(
    "agreed",
    [
        None,
        replace(AGREED, codec=Codec.PCMU),
        replace(AGREED, telephone_event=None),
        replace(AGREED, crypto=Crypto(bytes(30), bytes(30))),
        replace(AGREED, direction=Direction.RECVONLY),
    ],
)
def test_nor_does_it_carry_what_is_not_alike_or_secret_or_one_way(agreed: Agreed | None) -> None:
    assert not may_be_relayed(party("one"), party("other", agreed))


def test_parties_of_different_calls_or_nodes_are_not_joined() -> None:
    elsewhere, another = party("other"), party("other")
    elsewhere.node, another.call = Node("192.0.2.8:2223"), "another"
    assert not may_be_relayed(party("one"), elsewhere) and not may_be_relayed(party("one"), another)


def test_an_end_is_described_and_read() -> None:
    text = described(("192.0.2.1", 4000), Codec.PCMU, 96)
    assert b"m=audio 4000 RTP/AVP 0 96\r\n" in text and b"a=rtpmap:96 telephone-event/8000\r\n" in text
    assert endpoint(text) == Endpoint("192.0.2.1", 4000)
    with pytest.raises(MediaError):
        endpoint(b"")


def test_packets_of_audio_are_counted_and_those_of_control_are_not() -> None:
    answer: dict[str, Value] = {
        "tags": {
            "one": {
                "medias": [
                    {
                        "streams": [
                            {"flags": [b"RTP", b"filled"], "stats": {"packets": 343}, "last packet": 99},
                            {"flags": [b"RTCP"], "stats": {"packets": 2}, "last packet": 120},
                        ]
                    }
                ]
            }
        }
    }
    assert (packets(answer, "one"), last_packet(answer, "one")) == (343, 99)
    assert (packets(answer, "nobody"), last_packet({"tags": 7}, "one")) == (0, 0)
