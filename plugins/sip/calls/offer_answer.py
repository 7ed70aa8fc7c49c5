"""Offer and answer (RFC 3264) for one audio stream: G.711 and telephone events (RFC 4733), SRTP (RFC 4568). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from plugins.sip.media.engine import Crypto
from plugins.sip.wire import sdes
from plugins.sip.wire.sdes import AVP, Keying
from plugins.sip.wire.sdp import BadSdp, Media, Session

OURS: Final = ("PCMA/8000", "PCMU/8000")
STATIC: Final = {"PCMU/8000": "0", "PCMA/8000": "8"}
EVENTS: Final = "TELEPHONE-EVENT/8000"
OUR_EVENTS: Final = "101"
CLEAR: Final = Keying()
UNTOUCHED: Final = (("silenceSupp", "off - - - -"), ("ecan", "fb off -"))
MIRROR: Final = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


class NotAcceptable(ValueError):
    """No audio we could carry in it: 488 (§6)."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides hold to: where the far side hears us, in which codec ("PCMA"), the payload type of key presses
    (None: only in-band), the direction as we see it, and the keys where the audio is encrypted."""

    remote: tuple[str, int]
    codec: str
    events: int | None
    direction: str
    crypto: Crypto | None = field(default=None, repr=False)
    profile: str = AVP
    rtcp: int = 0  # the far side's port for reports: 0 the next one, the audio's own where both share it

    @property
    def held(self) -> bool:
        """Whether the far side does not listen to us, or we are not to listen."""
        return self.direction != "sendrecv"


def offer(port: int, keying: Keying = CLEAR, codecs: tuple[str, ...] = OURS) -> Session:
    """Our offer."""
    return Session((_ours(port, codecs, OUR_EVENTS, "sendrecv", keying.profile, keying.attributes()),))


def for_modems(session: Session) -> Session:
    """What we say of audio, where it is no speech: that nothing may be left out of it (RFC 3108 §5.6.2.8), nor taken
    away as an echo (§5.6.2.7)."""
    told = tuple(replace(media, attributes=(*media.attributes, *UNTOUCHED)) for media in session.media)
    return replace(session, media=tuple(new if new.port else old for new, old in zip(told, session.media, strict=True)))


def preferring(other: Agreed | None) -> tuple[str, ...]:
    """Our codecs, first what the leg uses that is to be heard: whom one codec serves, nobody needs to transcode."""
    return tuple(sorted(OURS, key=lambda codec: other is None or codec != f"{other.codec}/8000"))


def answer(
    offered: Session, port: int, keying: Keying = CLEAR, codecs: tuple[str, ...] = OURS
) -> tuple[Session, Agreed]:
    """Our answer to an offer, line for line (§6), and what is agreed. The offerer's order of codecs is kept.
    Raises NotAcceptable."""
    at = next((i for i, media in enumerate(offered.media) if _usable(media, keying)), None)
    if at is None:
        raise NotAcceptable("no audio stream we could carry")
    media = offered.media[at]
    agreed = _agreed(media, codecs, keying)
    events = str(agreed.events) if agreed.events is not None else ""
    keys = keying.attributes((sdes.theirs(media) or ("1", b""))[0]) if agreed.crypto else []
    if agreed.rtcp == agreed.remote[1]:
        keys.append(("rtcp-mux", ""))
    mine = _ours(port, (f"{agreed.codec}/8000",), events, agreed.direction, media.protocol, keys)
    refused = [Media(each.kind, 0, each.protocol, each.formats[:1]) for each in offered.media]
    return Session((*refused[:at], mine, *refused[at + 1 :])), agreed


def settle(answered: Session, keying: Keying = CLEAR, codecs: tuple[str, ...] = OURS) -> Agreed:
    """What is agreed by the far side's answer to our offer. Raises NotAcceptable."""
    media = next((media for media in answered.media if _usable(media, keying)), None)
    if media is None:
        raise NotAcceptable("our audio was refused")
    return _agreed(media, codecs, keying)


def _usable(media: Media, keying: Keying) -> bool:
    return media.kind == "audio" and media.port > 0 and keying.takes(media)


def _agreed(media: Media, codecs: tuple[str, ...], keying: Keying) -> Agreed:
    encodings = media.encodings()
    chosen = next((encodings[form] for form in media.formats if encodings.get(form) in codecs), None)
    if chosen is None or not media.host:
        raise NotAcceptable("no codec in common")
    events = next((form for form, name in encodings.items() if name == EVENTS and form.isdecimal()), None)
    number = int(events) if events and len(events) <= 3 and int(events) < 128 else None
    found = sdes.theirs(media) if keying.ours else None
    crypto = Crypto(keying.ours, found[1]) if found else None
    remote, codec = (media.host, media.port), chosen.partition("/")[0]
    return Agreed(remote, codec, number, MIRROR[media.direction], crypto, media.protocol, _rtcp(media))


def _rtcp(media: Media) -> int:
    """Shared with audio where they offer that (RFC 5761 §5.1.1: we do not offer it), else as they say (RFC 3605)."""
    if media.attribute("rtcp-mux") is not None:
        return media.port
    words = (media.attribute("rtcp") or "").split()
    return int(words[0]) if words and words[0].isdecimal() and len(words[0]) <= 5 and int(words[0]) <= 65_535 else 0


def _ours(
    port: int, codecs: tuple[str, ...], events: str, direction: str, profile: str, keys: list[tuple[str, str]]
) -> Media:
    formats = tuple(STATIC[codec] for codec in codecs)
    attributes = [("rtpmap", f"{STATIC[codec]} {codec}") for codec in codecs]
    if events:
        formats = (*formats, events)
        attributes += [("rtpmap", f"{events} telephone-event/8000"), ("fmtp", f"{events} 0-16")]
    return Media("audio", port, profile, formats, attributes=(*attributes, *keys, ("ptime", "20"), (direction, "")))


__all__ = ["Agreed", "BadSdp", "NotAcceptable", "answer", "offer", "settle"]
