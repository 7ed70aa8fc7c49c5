"""Session descriptions (RFC 8866): so much as an audio call needs, with every media line kept in its place. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 20_000
DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")


class BadSdp(ValueError):
    """Not a session description we can follow."""


@dataclass(frozen=True, slots=True)
class Media:
    """One m= section. `formats` are payload types as written; `attributes` are (name, value), value "" for a flag."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def attribute(self, name: str) -> str | None:
        """The first of this name."""
        return next((value for key, value in self.attributes if key == name), None)

    @property
    def direction(self) -> str:
        """As the side that wrote it sees it; RFC 2543 says hold by the address 0.0.0.0."""
        if self.host == "0.0.0.0":  # noqa: S104 - a sign in a description, nothing is bound to it
            return "inactive"
        return next((key for key, _ in self.attributes if key in DIRECTIONS), "sendrecv")

    def encodings(self) -> dict[str, str]:
        """Payload type → "NAME/RATE" in upper case, from a=rtpmap and the static table (RFC 3551 §6)."""
        named = {"0": "PCMU/8000", "8": "PCMA/8000", "9": "G722/8000", "18": "G729/8000"}
        found = {form: named[form] for form in self.formats if form in named}
        for key, value in self.attributes:
            number, _, encoding = value.partition(" ")
            if key == "rtpmap" and number in self.formats and encoding:
                found[number] = "/".join(encoding.strip().upper().split("/")[:2])
        return found


@dataclass(frozen=True, slots=True)
class Session:
    """A whole description."""

    media: tuple[Media, ...]
    origin: str = ""


def parse(body: bytes) -> Session:
    """Raises BadSdp."""
    if len(body) > LONGEST:
        raise BadSdp("too long")
    lines = [line for line in body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n") if line]
    if not lines or lines[0] != "v=0" or any(len(line) < 2 or line[1] != "=" for line in lines):
        raise BadSdp("no session description")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    head = sections[0]
    host, direction = _host(head), [(line[2:], "") for line in head if line[2:] in DIRECTIONS]
    origin = next((line[2:] for line in head if line.startswith("o=")), "")
    return Session(tuple(_media(section, host, direction) for section in sections[1:]), origin)


def _media(lines: list[str], host: str, direction: list[tuple[str, str]]) -> Media:
    words = lines[0][2:].split()
    if len(words) < 4 or not words[1].partition("/")[0].isdecimal() or len(words[1]) > 10:
        raise BadSdp("a media line that is none")
    port = int(words[1].partition("/")[0])
    if port > 65_535:
        raise BadSdp("no such port")
    pairs = [line[2:].partition(":") for line in lines if line.startswith("a=")]
    attributes = tuple((name, value.strip()) for name, _, value in pairs)
    return Media(words[0], port, words[2], tuple(words[3:]), _host(lines) or host, (*attributes, *direction))


def _host(lines: list[str]) -> str:
    for line in lines:
        if line.startswith("c="):
            words = line[2:].split()
            if len(words) < 3 or words[0] != "IN":
                raise BadSdp("a connection line that is none")
            return words[2].partition("/")[0]
    return ""


def write(session: Session, host: str, number: int, version: int) -> bytes:
    """As bytes. `number` and `version` are those of its o= line (RFC 3264 §8: the version rises with each change)."""
    family = "IP6" if _is_v6(host) else "IP4"
    lines = ["v=0", f"o=- {number} {version} IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0"]
    for media in session.media:
        lines.append(f"m={media.kind} {media.port} {media.protocol} {' '.join(media.formats)}")
        lines += [f"a={name}:{value}" if value else f"a={name}" for name, value in media.attributes]
    return ("\r\n".join(lines) + "\r\n").encode()


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
