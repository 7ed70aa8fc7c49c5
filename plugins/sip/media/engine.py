"""The face of the media engine: what signalling asks of audio, whoever carries it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable


class MediaError(Exception):
    """The engine could not do what was asked; the message is a sentence for the log."""


class Codec(StrEnum):
    """How audio travels, by its name in SDP (RFC 3551 §6); both are 8 kHz, one byte a sample."""

    PCMU = "PCMU"
    PCMA = "PCMA"

    @property
    def payload_type(self) -> int:
        """The static RTP payload type."""
        return 0 if self is Codec.PCMU else 8


class Direction(StrEnum):
    """Who speaks after offer/answer, seen from us (RFC 3264 §6.1)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sending(self) -> bool:
        """Whether we send."""
        return self in {Direction.SENDRECV, Direction.SENDONLY}

    @property
    def receiving(self) -> bool:
        """Whether the far side sends."""
        return self in {Direction.SENDRECV, Direction.RECVONLY}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A local RTP socket, as it goes into our SDP."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Crypto:
    """SRTP keys of both directions (SDES, RFC 4568, AES_CM_128_HMAC_SHA1_80): master key and salt, 30 bytes each."""

    sending: bytes
    receiving: bytes


@dataclass(frozen=True, slots=True)
class Statistics:
    """A leg's traffic in packets; jitter in milliseconds (RFC 3550 A.8)."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    late: int = 0
    refused: int = 0  # not RTP, not authentic, or from elsewhere
    jitter_ms: float = 0.0
    far_lost: int = 0  # of ours, as the far side reports (RTCP)
    far_jitter_ms: float = 0.0
    round_trip_ms: float | None = None  # None: the far side reports nothing


@dataclass(frozen=True, slots=True)
class Recording:
    """A finished stereo wav file: 8 kHz, 16 bit, left what the recorded party said, right what it heard."""

    path: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """How the engine does: legs open, and how late ticks of 20 ms began since the last look (of the last minute at
    most): 99th percentile and the latest, in ms."""

    legs: int
    late_ms: float
    latest_ms: float


class DigitSource(StrEnum):
    """How a key came in."""

    TELEPHONE_EVENT = "telephone-event"
    INBAND = "inband"


class ToneKind(StrEnum):
    """What a line tells by tones."""

    BUSY = "BUSY"  # also congestion
    CNG = "CNG"  # a fax machine calls
    CED = "CED"  # a fax machine or modem answers


@dataclass(frozen=True, slots=True)
class Digit:
    """The far side pressed a key: one of 0-9 * # A-D."""

    leg: str
    digit: str
    source: DigitSource


@dataclass(frozen=True, slots=True)
class Played:
    """A prompt is over: at its end, or before it because a key, another prompt or `stop` cut it off."""

    leg: str
    play: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing at all has come from the far side for so many seconds, though it should send. Once an outage."""

    leg: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Tone:
    """A tone that means something was recognised."""

    leg: str
    kind: ToneKind


@dataclass(frozen=True, slots=True)
class Gone:
    """The leg's media is lost: the process that carried it died. Its recording, if any, can still be stopped."""

    leg: str


Event = Digit | Played | Silence | Tone | Gone


@runtime_checkable
class MediaEngine(Protocol):
    """Audio for legs. Every method raises MediaError; a leg is named by who opens it.

    `audio` is a wav file, its bytes, or bare 16 bit little-endian samples at 8 kHz, mono.
    """

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        """A local RTP socket. Legs to be joined later name each other: they must live in one process."""

    async def connect(
        self,
        leg: str,
        remote: tuple[str, int],
        codec: Codec,
        telephone_event: int | None = None,
        crypto: Crypto | None = None,
        *,
        direction: Direction = Direction.SENDRECV,
        learn: bool = True,
        rtcp: int = 0,
    ) -> None:
        """Start media as agreed; again after each re-INVITE. `learn`: who first speaks as agreed is the far side.

        `rtcp` is the far side's port for reports: 0 the next one, the audio's own where both share it (RFC 5761).
        """

    async def play(self, leg: str, audio: Path | bytes, *, loop: bool = False, interruptible: bool = True) -> int:
        """Speak to the far side instead of what it heard; replaces what played before. The id comes back in Played."""

    async def stop(self, leg: str) -> None:
        """End prompt or music."""

    async def bridge(self, one: str, other: str) -> None:
        """Let two hear each other, transcoding as needed; both leave what they were in."""

    async def mix(self, room: str, legs: Sequence[str], gains: Mapping[tuple[str, str], float] | None = None) -> None:
        """Exactly these are in the room. `gains[listener, speaker]`: 1 unless given, 0 is unheard (whisper, barge)."""

    async def part(self, leg: str) -> None:
        """Leave bridge or room."""

    async def hold(self, leg: str, music: Path | bytes | None = None) -> None:
        """It hears music (or nothing) and nobody hears it, until resumed; it keeps its place."""

    async def resume(self, leg: str) -> None:
        """Back to where it was."""

    async def record(self, target: str, path: Path) -> None:
        """Record a leg (left what it says, right what it hears) or a room (left the first leg, right the others)."""

    async def pause_recording(self, target: str) -> None:
        """Write silence from now on; the timeline goes on."""

    async def resume_recording(self, target: str) -> None:
        """Write sound again."""

    async def stop_recording(self, target: str) -> Recording:
        """Finish the file; also of a leg that is gone."""

    async def send_digits(self, leg: str, digits: str) -> None:
        """Press keys: RFC 4733 where agreed, else tones."""

    async def lend(self, leg: str, near: tuple[str, int] | None) -> int:
        """Pass what comes from the far side on to `near` (UDP, on this machine), as it came; what comes from there to
        the port that is answered goes out as it is. Nobody else is heard by it. None: the leg is ours again."""

    async def open_image(self, image: str) -> Endpoint:
        """A local socket for T.38 (UDPTL); like a leg, it may be Gone, and is closed by `close`."""

    async def lend_image(self, image: str, remote: tuple[str, int], near: tuple[str, int]) -> int:
        """T.38 as agreed, lent to `near` in the same way; the port is answered."""

    async def statistics(self, leg: str) -> Statistics:
        """Up to now."""

    async def close(self, leg: str) -> Statistics:
        """Free the socket. Closing one that is not open gives zeros."""

    def events(self) -> AsyncIterator[Event]:
        """What happens, from now on; each caller gets everything."""
