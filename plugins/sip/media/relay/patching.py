"""Offers and answers that patch two ends together at a node. An end keeps its port whoever it is patched to."""

from __future__ import annotations

from plugins.sip.media.engine import Codec, Endpoint, MediaError
from plugins.sip.media.relay.bencode import Sayable
from plugins.sip.media.relay.description import described, endpoint
from plugins.sip.media.relay.ng import Node
from plugins.sip.media.relay.party import Agreed, Party

_FLAGS: list[Sayable] = ["trust-address", "strict-source", "port-latching"]
"""Addresses are believed as SIP said them, or as first heard; from then on nobody else's packets pass. Ports stay."""


async def reserve(node: Node, call: str, leg: str, ours: Endpoint) -> Party:
    """An end for a far side that is not known yet, offered by our own process."""
    party = Party(leg, node, call, ours, ours)
    party.outer = await _offer(party, party.hub_tag, leg, _ours(ours, Codec.PCMA, None))
    return party


async def connect(party: Party, agreed: Agreed) -> None:
    """Far side and our own process hear each other: the way of everything the node cannot do."""
    mine = _ours(party.ours, agreed.codec, agreed.telephone_event)
    outer = await _offer(party, party.hub_tag, party.name, mine)
    party.inner = await _answer(party, party.hub_tag, party.name, _theirs(agreed))
    _same(party.outer, outer)


async def join(one: Party, other: Party) -> None:
    """These far sides hear each other, and our processes nothing of it. Both are connected."""
    assert one.agreed and other.agreed
    at_other = await _offer(one, one.name, other.name, _theirs(one.agreed))
    at_one = await _answer(one, one.name, other.name, _theirs(other.agreed))
    _same(other.outer, at_other)
    _same(one.outer, at_one)


async def free(party: Party, *, last: bool) -> None:
    """Free both its ends, patched to each other again, or with the last one the whole call."""
    fields: dict[str, Sayable] = {} if last else {"from_tag": party.name}
    await party.node.ask("delete", call_id=party.call, delete_delay=0, **fields)


def _ours(at: Endpoint, codec: Codec, telephone_event: int | None) -> bytes:
    return described((at.host, at.port), codec, telephone_event)


def _theirs(agreed: Agreed) -> bytes:
    return described(agreed.remote, agreed.codec, agreed.telephone_event, agreed.rtcp)


async def _offer(party: Party, tag: str, to: str, sdp: bytes) -> Endpoint:
    return await _told(party, "offer", tag, to, sdp)


async def _answer(party: Party, tag: str, to: str, sdp: bytes) -> Endpoint:
    return await _told(party, "answer", tag, to, sdp)


async def _told(party: Party, command: str, tag: str, to: str, sdp: bytes) -> Endpoint:
    fields: dict[str, Sayable] = {"call_id": party.call, "from_tag": tag, "to_tag": to, "sdp": sdp, "flags": _FLAGS}
    answer = (await party.node.ask(command, ICE="remove", **fields)).get("sdp")
    return endpoint(answer if isinstance(answer, bytes) else b"")


def _same(before: Endpoint, now: Endpoint) -> None:
    """What was announced to a far side must go on being true."""
    if before != now:
        raise MediaError("rtpengine moved a party to another port")
