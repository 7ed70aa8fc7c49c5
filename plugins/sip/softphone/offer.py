"""What a browser offers, and how it is answered (RFC 8866, RFC 8839, RFC 8842): one stream of PCMU, keys as events (RFC
4733), ICE, DTLS begun by us. What comes is anybody's text: nothing in it is taken on trust. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

PCMU: Final = 0
LONGEST: Final = 20_000
_MOST_FINGERPRINTS: Final = 4
_MID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT: Final = re.compile(r"(sha-256|sha-384|sha-512) ((?:[0-9A-F]{2}:){31,63}[0-9A-F]{2})", re.IGNORECASE)
_KEYS: Final = re.compile(r"(\d{1,3}) telephone-event/8000", re.IGNORECASE)


class BadOffer(ValueError):
    """Not what a browser says that wants to speak PCMU."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where an end may be reached (RFC 8839 §5.1), by UDP."""

    foundation: str
    priority: int
    host: str
    port: int
    kind: str


@dataclass(frozen=True, slots=True)
class Ways:
    """How an end is reached and known: ICE's two words, fingerprints of its certificate as (algorithm, digest). Where a
    browser says it is, is not heeded: it finds us, and is where it then speaks from. So nobody can have us knock at
    addresses of their choice."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """`mid` names its one stream, `keys` is its payload type for RFC 4733, None where it has none."""

    mid: str
    keys: int | None
    ways: Ways


def read(text: str) -> Offer:
    """Raises BadOffer."""
    if len(text) > LONGEST:
        raise BadOffer("too long")
    head, *streams = _sections(text.splitlines())
    if len(streams) != 1:
        raise BadOffer("one stream of audio is what we carry")
    words, lines = streams[0][0].split(), [*streams[0][1:], *head]
    if words[:1] != ["m=audio"] or words[2:3] != ["UDP/TLS/RTP/SAVPF"] or str(PCMU) not in words[3:]:
        raise BadOffer("no PCMU by DTLS in it")
    if _value(lines, "setup") == "active":
        raise BadOffer("we begin the handshake")
    return Offer(_matched(_MID, _value(lines, "mid")), _keys(lines, words[3:]), _ways(lines))


def answer(offer: Offer, ours: Ways) -> str:
    """The description the browser is given: we begin the handshake."""
    return _described(offer.mid, offer.keys, ours, "active")


def plain(offer: Offer) -> str:
    """What was offered, with nothing in it that was not looked at."""
    return _described(offer.mid, None, offer.ways, "actpass")


def _described(mid: str, keys: int | None, ours: Ways, setup: str) -> str:
    prints = [f"a=fingerprint:{algorithm} {digest}" for algorithm, digest in ours.fingerprints]
    lines = (
        "v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {mid}",
        f"m=audio 9 UDP/TLS/RTP/SAVPF {PCMU}" + ("" if keys is None else f" {keys}"), "c=IN IP4 0.0.0.0",
        "a=rtcp-mux", f"a=mid:{mid}", "a=sendrecv", f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.password}",
        *map(_written, ours.candidates), *prints, f"a=setup:{setup}", f"a=rtpmap:{PCMU} PCMU/8000", "a=ptime:20",
        *([] if keys is None else [f"a=rtpmap:{keys} telephone-event/8000", f"a=fmtp:{keys} 0-15"]),
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)


def _sections(lines: Sequence[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _values(lines: Iterable[str], name: str) -> list[str]:
    start = f"a={name}:"
    return [line[len(start) :].strip() for line in lines if line.startswith(start)]


def _value(lines: Iterable[str], name: str) -> str:
    return next(iter(_values(lines, name)), "")


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise BadOffer("a line in it is not as it should be")
    return text


def _keys(lines: Sequence[str], formats: Sequence[str]) -> int | None:
    found = [match[1] for value in _values(lines, "rtpmap") if (match := _KEYS.fullmatch(value))]
    return next((int(each) for each in found if each in formats and 96 <= int(each) < 128), None)


def _ways(lines: Sequence[str]) -> Ways:
    prints = _values(lines, "fingerprint")
    if not 0 < len(prints) <= _MOST_FINGERPRINTS:
        raise BadOffer("no fingerprint in it")
    found = [_matched(_FINGERPRINT, value).split(" ") for value in prints]
    ufrag, password = _value(lines, "ice-ufrag"), _value(lines, "ice-pwd")
    return Ways(
        _matched(_UFRAG, ufrag),
        _matched(_PASSWORD, password),
        tuple((algorithm.lower(), digest.upper()) for algorithm, digest in found),
    )


def _written(each: Candidate) -> str:
    return f"a=candidate:{each.foundation} 1 udp {each.priority} {each.host} {each.port} typ {each.kind}"
