"""What a node's answer to `query` says of one leg. Pure; what is not there counts as nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plugins.sip.media.relay.bencode import Value
from plugins.sip.media.relay.ng import Answer


def packets(answer: Answer, leg: str) -> int:
    """Packets of audio that came from the far side."""
    return sum(_number(_inside(stream, "stats"), "packets") for stream in _audio(answer, leg))


def last_packet(answer: Answer, leg: str) -> int:
    """When the latest of them came, in seconds since 1970."""
    return max((_number(stream, "last packet") for stream in _audio(answer, leg)), default=0)


def _audio(answer: Answer, leg: str) -> Iterator[Mapping[str, Value]]:
    """The streams of RTP among those of this leg."""
    for media in _list(_inside(_inside(answer, "tags"), leg), "medias"):
        for stream in _list(media, "streams"):
            flags = stream.get("flags")
            if isinstance(flags, list) and b"RTP" in flags:
                yield stream


def _inside(value: Mapping[str, Value], key: str) -> Mapping[str, Value]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: Mapping[str, Value], key: str) -> Iterator[Mapping[str, Value]]:
    found = value.get(key)
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _number(value: Mapping[str, Value], key: str) -> int:
    found = value.get(key)
    return found if isinstance(found, int) else 0
