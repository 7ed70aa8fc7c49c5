"""What is said about audio in an offer and an answer (RFC 8866, RFC 3264): PCMU, and keys as events (RFC 4733)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PCMU: Final = 0
KEYS: Final = 101
_ANSWERS: Final[Mapping[str, str]] = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


class BadSdp(ValueError):
    """No audio in it that this phone can speak."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Where the other side takes audio. `keys` is its payload type for RFC 4733, None when it takes none; `direction`
    is as they see it."""

    host: str
    port: int
    keys: int | None
    direction: str = "sendrecv"

    @property
    def holds_us(self) -> bool:
        """They no longer listen: the caller is on hold (RFC 3264 §8.4; an address of zeros is the old way)."""
        return self.direction in {"sendonly", "inactive"} or ipaddress.ip_address(self.host).is_unspecified


def write(host: str, port: int, version: int = 1, theirs: str = "sendrecv") -> bytes:
    """Our side. `version` counts our descriptions of this call; `theirs` is the direction of the offer it answers."""
    lines = (
        "v=0", f"o=- {port} {version} IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
        f"m=audio {port} RTP/AVP {PCMU} {KEYS}", f"a=rtpmap:{PCMU} PCMU/8000", f"a=rtpmap:{KEYS} telephone-event/8000",
        f"a=fmtp:{KEYS} 0-15", "a=ptime:20", f"a={_ANSWERS.get(theirs, 'sendrecv')}",
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines).encode()


def read(body: bytes) -> Audio:
    """The first audio section. Raises BadSdp when there is none, when it is refused (port 0), or without PCMU."""
    head, *sections = body.decode("utf-8", "replace").replace("\r\n", "\n").split("\nm=")
    for section in sections:
        first, *lines = section.split("\n")
        words = first.split()
        if words[:1] == ["audio"] and words[1:2] != ["0"] and len(words) > 3:
            return _audio(words, lines, head.split("\n"))
    raise BadSdp("no audio")


def _audio(words: list[str], lines: list[str], head: list[str]) -> Audio:
    if str(PCMU) not in words[3:]:
        raise BadSdp("no PCMU")
    try:
        host = next(line.split()[2] for line in [*lines, *head] if line.startswith("c=IN "))
        ipaddress.ip_address(host)
        port = int(words[1])
    except (StopIteration, IndexError, ValueError) as error:
        raise BadSdp("no address") from error
    if not 0 < port < 65_536:
        raise BadSdp("no such port")
    said = [line[2:] for line in [*lines, *head] if line in {"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"}]
    return Audio(host, port, _keys(lines, words[3:]), said[0] if said else "sendrecv")


def _keys(lines: list[str], formats: list[str]) -> int | None:
    for line in lines:
        number, _, encoding = line.removeprefix("a=rtpmap:").partition(" ")
        if line.startswith("a=rtpmap:") and encoding.lower().startswith("telephone-event/8000") and number in formats:
            return int(number)
    return None
