"""A telephone for tests: a thread of its own that sends audio as RTP on time and keeps all it hears."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from plugins.sip.media import rtp
from plugins.sip.media.engine import Codec, Endpoint
from plugins.sip.media.g711 import FRAME, RATE, Samples, decode, encode
from plugins.sip.media.rtcp import is_rtcp
from plugins.sip.media.srtp import Srtp

EVENT_KIND = 101


@dataclass(frozen=True, slots=True)
class Heard:
    """One packet and when it came, in seconds."""

    at: float
    packet: rtp.Packet


@dataclass
class FarSide:
    """A context manager; talks once it was started. `says` is repeated; without it silence is sent. `control` is its
    socket for RTCP, which nobody reads but the test; reports at the audio's port are in `reports`."""

    codec: Codec = Codec.PCMU
    says: Samples = field(default_factory=lambda: np.zeros(FRAME, np.int16))
    srtp: Srtp | None = None
    loss: Sequence[int] = ()
    """Packets it leaves out, counted from 0."""
    endpoint: Endpoint = field(default_factory=lambda: Endpoint("127.0.0.1", 9))
    heard: list[Heard] = field(default_factory=list)
    events: list[rtp.Packet] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket, self.control = _two_ports()
        self._running = True
        self.talking = True
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._hear)]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def start(self) -> None:
        """Talk and listen."""
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> FarSide:
        return self

    def __exit__(self, *_: object) -> None:
        self._running = False
        self._socket.settimeout(0.1)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self._socket.close()
        self.control.close()

    def audio(self, last: float | None = None) -> Samples:
        """All it heard, each source's in the order of the timestamps; or only the last seconds."""
        sources = itertools.groupby((heard.packet for heard in self.heard), key=lambda packet: packet.source)
        packets = [packet for _, run in sources for packet in sorted(run, key=lambda packet: packet.timestamp)]
        samples = decode(b"".join(packet.payload for packet in packets), self.codec)
        return samples[-round(last * RATE) :] if last is not None else samples

    def send(self, datagram: bytes) -> None:
        """Something special."""
        self._socket.sendto(datagram, (self.endpoint.host, self.endpoint.port))

    def press(self, payload: bytes) -> None:
        """One packet of an event (RFC 4733)."""
        self.send(rtp.build(EVENT_KIND, 65499, 160, 7, payload))

    def _send(self) -> None:
        started = time.monotonic()
        octets = encode(np.resize(self.says, max(FRAME, len(self.says) // FRAME * FRAME)), self.codec)
        number = 0
        while self._running:
            at = number * FRAME % len(octets)
            packet = rtp.build(self.codec.payload_type, 65500 + number, number * FRAME, 7, octets[at : at + FRAME])
            if self.talking and number not in self.loss:
                self.send(self.srtp.protect(packet) if self.srtp else packet)
            number += 1
            time.sleep(max(0, started + number * 0.02 - time.monotonic()))

    def _hear(self) -> None:
        self._socket.settimeout(0.1)
        while self._running:
            try:
                datagram = self._socket.recv(2048)
            except OSError:
                continue
            if is_rtcp(datagram):
                self.reports.append(datagram)
                continue
            packet = rtp.parse(self.srtp.unprotect(datagram) if self.srtp else datagram)
            if packet.kind == EVENT_KIND:
                self.events.append(packet)
            else:
                self.heard.append(Heard(time.monotonic(), packet))


def _two_ports() -> tuple[socket.socket, socket.socket]:
    """For audio and, at the next one, for reports: of several far sides none hears what is not for it."""
    while True:
        audio, control = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        audio.bind(("127.0.0.1", 0))
        try:
            control.bind(("127.0.0.1", audio.getsockname()[1] + 1))
        except (OSError, OverflowError):
            audio.close()
            control.close()
        else:
            return audio, control


def level(samples: Samples, frequency: float) -> float:
    """The amplitude of this frequency, by FFT with a window that keeps neighbours apart."""
    if not len(samples):
        return 0.0
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples * window)) * 2 / window.sum()
    at = round(frequency * len(samples) / RATE)
    return float(spectrum[max(0, at - 2) : at + 3].max())


def loudest(samples: Samples) -> float:
    """The frequency that is heard most, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))
