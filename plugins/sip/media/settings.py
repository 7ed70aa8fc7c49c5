"""Where media runs and listens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """`host` is bound; `advertised` goes into SDP instead where a firewall translates addresses.

    `rtpengine` are the nodes that face far sides instead, by the address ("host:port") of their ng protocol.
    `ports` are first and last UDP port for audio; (0, 0) asks the system. `silence_seconds` without a packet is told.
    """

    host: str = "127.0.0.1"
    advertised: str = ""
    ports: tuple[int, int] = (0, 0)
    workers: int = 1
    silence_seconds: float = 30.0
    rtpengine: tuple[str, ...] = ()
    folder: Path | None = None  # for prompts handed over as bytes; a temporary one unless given
