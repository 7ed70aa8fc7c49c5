"""How well calls were heard, for /metrics (docs/plugins/sip.md): from what came, and what far sides report."""

from __future__ import annotations

import logging
from typing import Final

from prometheus_client import Counter, Histogram

from plugins.sip.media.engine import Statistics

log = logging.getLogger(__name__)
LEAST: Final = 50
"""Packets, a second of audio: of less nothing can be said."""
SHARES: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
LOST = Histogram("sip_audio_lost_ratio", "Share of a leg's packets that were lost", ["direction"], buckets=SHARES)
JITTER = Histogram("sip_audio_jitter_seconds", "Jitter at the end of a leg", ["direction"], buckets=SECONDS)
REFUSED = Counter("sip_media_refused", "Datagrams at audio ports that were not the far side's, or no audio")
ROUND_TRIP = Histogram("sip_audio_round_trip_seconds", "Way to the far side and back", buckets=SECONDS)


def count(leg: Statistics) -> None:
    """A leg is over."""
    log.info(
        "audio: %d received, %d lost, jitter %.1f ms; the far side lost %d of %d, jitter %.1f ms, round trip %s ms",
        *(leg.received, leg.lost, leg.jitter_ms, leg.far_lost, leg.sent, leg.far_jitter_ms, leg.round_trip_ms),
    )
    REFUSED.inc(leg.refused)
    if leg.received >= LEAST:
        LOST.labels("in").observe(leg.lost / (leg.received + leg.lost))
        JITTER.labels("in").observe(leg.jitter_ms / 1000)
    if leg.round_trip_ms is not None and leg.sent >= LEAST:
        LOST.labels("out").observe(min(1.0, leg.far_lost / leg.sent))
        JITTER.labels("out").observe(leg.far_jitter_ms / 1000)
        ROUND_TRIP.observe(leg.round_trip_ms / 1000)
