"""Offer and answer (RFC 3264) for one audio stream: G.711 and telephone events (RFC 4733). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plugins.sip.sdp import BadSdp, Media, Session

OURS: Final = ("PCMA/8000", "PCMU/8000")
STATIC: Final = {"PCMU/8000": "0", "PCMA/8000": "8"}
EVENTS: Final = "TELEPHONE-EVENT/8000"
OUR_EVENTS: Final = "101"
MIRROR: Final = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


class NotAcceptable(ValueError):
    """No audio we could carry in it: 488 (§6)."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides hold to: where the far side hears us, in which codec ("PCMA"), the payload type of key presses
    (None: only in-band), and the direction as we see it."""

    remote: tuple[str, int]
    codec: str
    events: int | None
    direction: str

    @property
    def held(self) -> bool:
        """Whether the far side does not listen to us, or we are not to listen."""
        return self.direction != "sendrecv"


def offer(port: int, codecs: tuple[str, ...] = OURS, direction: str = "sendrecv") -> Session:
    """Our offer."""
    return Session((_ours(port, codecs, OUR_EVENTS, direction),))


def answer(
    offered: Session, port: int, codecs: tuple[str, ...] = OURS, ours: str = "sendrecv"
) -> tuple[Session, Agreed]:
    """Our answer to an offer, line for line (§6), and what is agreed. The offerer's order of codecs is kept.
    Raises NotAcceptable."""
    at = next((i for i, media in enumerate(offered.media) if _usable(media)), None)
    if at is None:
        raise NotAcceptable("no audio stream over RTP/AVP")
    media = offered.media[at]
    agreed = _agreed(media, codecs, _narrower(MIRROR[media.direction], ours))
    events = str(agreed.events) if agreed.events is not None else ""
    mine = _ours(port, (f"{agreed.codec}/8000",), events, agreed.direction)
    refused = [Media(each.kind, 0, each.protocol, each.formats[:1]) for each in offered.media]
    return Session((*refused[:at], mine, *refused[at + 1 :])), agreed


def settle(answered: Session, codecs: tuple[str, ...] = OURS) -> Agreed:
    """What is agreed by the far side's answer to our offer. Raises NotAcceptable."""
    media = next((media for media in answered.media if _usable(media)), None)
    if media is None:
        raise NotAcceptable("our audio was refused")
    return _agreed(media, codecs, MIRROR[media.direction])


def _usable(media: Media) -> bool:
    return media.kind == "audio" and media.port > 0 and media.protocol == "RTP/AVP"


def _agreed(media: Media, codecs: tuple[str, ...], direction: str) -> Agreed:
    encodings = media.encodings()
    chosen = next((encodings[form] for form in media.formats if encodings.get(form) in codecs), None)
    if chosen is None or not media.host:
        raise NotAcceptable("no codec in common")
    events = next((form for form, name in encodings.items() if name == EVENTS and form.isdecimal()), None)
    number = int(events) if events and len(events) <= 3 and int(events) < 128 else None
    return Agreed((media.host, media.port), chosen.partition("/")[0], number, direction)


def _ours(port: int, codecs: tuple[str, ...], events: str, direction: str) -> Media:
    formats = tuple(STATIC[codec] for codec in codecs)
    attributes = [("rtpmap", f"{STATIC[codec]} {codec}") for codec in codecs]
    if events:
        formats = (*formats, events)
        attributes += [("rtpmap", f"{events} telephone-event/8000"), ("fmtp", f"{events} 0-16")]
    return Media("audio", port, "RTP/AVP", formats, attributes=(*attributes, ("ptime", "20"), (direction, "")))


def _narrower(theirs: str, ours: str) -> str:
    """Only what both allow."""
    send = "send" in theirs and "send" in ours
    receive = "recv" in theirs and "recv" in ours
    return {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly"}.get(
        (send, receive), "inactive"
    )


__all__ = ["Agreed", "BadSdp", "NotAcceptable", "answer", "offer", "settle"]
