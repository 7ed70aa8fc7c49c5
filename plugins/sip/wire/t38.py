"""T.38 in session descriptions (ITU-T T.38 annex D, RFC 3362): a fax as UDPTL, in the place of the audio. Pure."""

from __future__ import annotations

from typing import Final

from hub.api import T38Parameters
from plugins.sip.wire.sdp import Media, Session

KIND: Final = "image"
TRANSPORT: Final = "udptl"
OURS: Final = T38Parameters(
    max_bit_rate=14_400, rate_management="transferredTCF", max_buffer=2_000, max_datagram=1_400,
    error_correction="t38UDPRedundancy",
)  # fmt: skip
"""What we say of ourselves: version 0 is what everybody speaks."""
_MANAGEMENTS: Final = {name.lower(): name for name in ("transferredTCF", "localTCF")}
_CORRECTIONS: Final = {name.lower(): name for name in ("t38UDPRedundancy", "t38UDPFEC")}
_LATEST: Final = 3
_DIGITS: Final = 9


def image_of(session: Session) -> int | None:
    """The place of a T.38 stream that is wanted instead of audio; None without one. Who names both, as some gateways
    always do, speaks first."""
    if any(media.kind == "audio" and media.port > 0 for media in session.media):
        return None
    return next((at for at, media in enumerate(session.media) if _is_t38(media)), None)


def read(media: Media) -> T38Parameters:
    """What the far side says; what it says wrongly is as if it had not."""
    said = {name.lower(): value for name, value in reversed(media.attributes)}
    plain = T38Parameters()
    return T38Parameters(
        version=min(_number(said, "t38faxversion") or plain.version, _LATEST),
        max_bit_rate=_number(said, "t38maxbitrate") or plain.max_bit_rate,
        rate_management=_MANAGEMENTS.get(said.get("t38faxratemanagement", "").lower(), plain.rate_management),
        max_buffer=_number(said, "t38faxmaxbuffer"),
        max_datagram=_number(said, "t38faxmaxdatagram"),
        error_correction=_CORRECTIONS.get(said.get("t38faxudpec", "").lower(), ""),
        fill_bit_removal=_flag(said, "t38faxfillbitremoval"),
        transcoding_mmr=_flag(said, "t38faxtranscodingmmr"),
        transcoding_jbig=_flag(said, "t38faxtranscodingjbig"),
    )


def described(port: int, theirs: T38Parameters | None = None) -> Media:
    """Our stream: offered, or in answer to theirs, whose way of training is kept (T.38 D.2.3)."""
    management = theirs.rate_management if theirs else OURS.rate_management
    rate = min(OURS.max_bit_rate, theirs.max_bit_rate) if theirs else OURS.max_bit_rate
    said = (
        ("T38FaxVersion", "0"), ("T38MaxBitRate", str(rate)), ("T38FaxRateManagement", management),
        ("T38FaxMaxBuffer", str(OURS.max_buffer)), ("T38FaxMaxDatagram", str(OURS.max_datagram)),
        ("T38FaxUdpEC", OURS.error_correction),
    )  # fmt: skip
    return Media(KIND, port, TRANSPORT, ("t38",), attributes=said)


def answer(offered: Session, at: int, port: int) -> Session:
    """Our answer, line for line (RFC 3264 §6): this stream, and no other."""
    refused = [Media(each.kind, 0, each.protocol, each.formats[:1]) for each in offered.media]
    mine = described(port, read(offered.media[at]))
    return Session((*refused[:at], mine, *refused[at + 1 :]))


def _is_t38(media: Media) -> bool:
    named = media.kind == KIND and media.protocol.lower() == TRANSPORT and "t38" in [f.lower() for f in media.formats]
    return named and media.port > 0 and bool(media.host)


def _number(said: dict[str, str], name: str) -> int | None:
    value = said.get(name, "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= _DIGITS else None


def _flag(said: dict[str, str], name: str) -> bool:
    """There without a value (T.38 D.2.3), or with 1, as many write it."""
    return said.get(name, "0").strip() in ("", "1")
