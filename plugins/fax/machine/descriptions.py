"""What is said about sound and T.38 in an offer and an answer (RFC 8866, RFC 3264, ITU-T T.38 annex D)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plugins.fax.terminal.job import Codec, T38Options

HOST: Final = "127.0.0.1"
_CODECS: Final = {"0": Codec.PCMU, "8": Codec.PCMA}
_PAYLOADS: Final = {codec: number for number, codec in _CODECS.items()}
_T38: Final = (
    "a=T38FaxVersion:0", "a=T38MaxBitRate:14400", "a=T38FaxRateManagement:transferredTCF", "a=T38FaxMaxBuffer:2000",
    "a=T38FaxMaxDatagram:400", "a=T38FaxUdpEC:t38UDPRedundancy",
)  # fmt: skip


class NothingInCommon(ValueError):
    """Neither sound nor T.38 that we can."""


@dataclass(frozen=True, slots=True)
class Media:
    """Where the other side wants it: sound by `codec`, or T.38 with `t38`."""

    far: tuple[str, int]
    codec: Codec | None = None
    t38: T38Options | None = None


def sound(port: int, version: int, codecs: tuple[Codec, ...] = (Codec.PCMA, Codec.PCMU)) -> bytes:
    """Sound at this port."""
    payloads = [_PAYLOADS[codec] for codec in codecs]
    named = [f"a=rtpmap:{_PAYLOADS[codec]} {codec}/8000" for codec in codecs]
    return _described(version, f"m=audio {port} RTP/AVP {' '.join(payloads)}", *named, "a=ptime:20", "a=sendrecv")


def t38(port: int, version: int) -> bytes:
    """T.38 at this port."""
    return _described(version, f"m=image {port} udptl t38", *_T38)


def read(body: bytes) -> Media:
    """The first medium of theirs that is in use. Raises NothingInCommon."""
    head, *sections = body.decode("utf-8", "replace").replace("\r\n", "\n").split("\nm=")
    for section in sections:
        words, lines = section.split("\n")[0].split(), [*section.split("\n"), *head.split("\n")]
        if len(words) > 3 and words[1].isdecimal() and words[1] != "0" and (media := _media(words, lines)):
            return media
    raise NothingInCommon(body)


def _media(words: list[str], lines: list[str]) -> Media | None:
    host = next((line.split()[2] for line in lines if line.startswith("c=IN ") and len(line.split()) > 2), HOST)
    far = (host, int(words[1]))
    if words[0] == "image" and "t38" in words[3:]:
        return Media(far, t38=T38Options(redundancy=0 if "a=T38FaxUdpEC:" not in "\n".join(lines) else 3))
    codec = next((_CODECS[payload] for payload in words[3:] if payload in _CODECS), None)
    return Media(far, codec) if words[0] == "audio" and codec else None


def _described(version: int, *lines: str) -> bytes:
    head = ("v=0", f"o=- 1 {version} IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0")
    return "".join(f"{line}\r\n" for line in (*head, *lines)).encode()
