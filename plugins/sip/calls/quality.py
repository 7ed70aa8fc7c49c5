"""How well calls were heard, for /metrics (docs/plugins/sip.md) and their record: from what came, and what far sides
report."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from prometheus_client import Counter, Histogram

from hub.api import Quality
from plugins.sip.media.engine import Statistics
from plugins.sip.media.mos import mos, mouth_to_ear

log = logging.getLogger(__name__)
LEAST: Final = 50
"""Packets, a second of audio: of less nothing can be said."""
SHARES: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
LOST = Histogram("sip_audio_lost_ratio", "Share of a leg's packets that were lost", ["direction"], buckets=SHARES)
JITTER = Histogram("sip_audio_jitter_seconds", "Jitter at the end of a leg", ["direction"], buckets=SECONDS)
REFUSED = Counter("sip_media_refused", "Datagrams at audio ports that were not the far side's, or no audio")
ROUND_TRIP = Histogram("sip_audio_round_trip_seconds", "Way to the far side and back", buckets=SECONDS)


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: the share of packets lost, jitter in ms, and whether who hears it fills the gaps."""

    lost: float
    jitter_ms: float
    concealed: bool

    def mos(self, round_trip_ms: float) -> float:
        """What who hears it would say."""
        return mos(self.lost, mouth_to_ear(round_trip_ms, self.jitter_ms), concealed=self.concealed)


def incoming(leg: Statistics) -> Way | None:
    """From the far side to us; None when too little came to tell."""
    if leg.received < LEAST:
        return None
    return Way(leg.lost / (leg.received + leg.lost), leg.jitter_ms, concealed=False)


def outgoing(leg: Statistics) -> Way | None:
    """From us, as the far side reports; None when it does not."""
    if leg.round_trip_ms is None or leg.sent < LEAST:
        return None
    return Way(min(1.0, leg.far_lost / leg.sent), leg.far_jitter_ms, concealed=True)


def of(leg: Statistics) -> Quality | None:
    """For the record of its call; None when nothing can be said."""
    ways = [way for way in (incoming(leg), outgoing(leg)) if way]
    if not ways:
        return None
    return Quality(
        loss=round(max(way.lost for way in ways), 4),
        jitter=round(max(way.jitter_ms for way in ways), 1),
        round_trip=leg.round_trip_ms,
        mos=round(min(way.mos(leg.round_trip_ms or 0) for way in ways), 2),
    )


def count(leg: Statistics) -> None:
    """A leg is over."""
    log.info(
        "audio: %d received, %d lost, jitter %.1f ms; the far side lost %d of %d, jitter %.1f ms, round trip %s ms",
        *(leg.received, leg.lost, leg.jitter_ms, leg.far_lost, leg.sent, leg.far_jitter_ms, leg.round_trip_ms),
    )
    REFUSED.inc(leg.refused)
    for direction, way in (("in", incoming(leg)), ("out", outgoing(leg))):
        if way:
            LOST.labels(direction).observe(way.lost)
            JITTER.labels(direction).observe(way.jitter_ms / 1000)
    if leg.round_trip_ms is not None and leg.sent >= LEAST:
        ROUND_TRIP.observe(leg.round_trip_ms / 1000)
