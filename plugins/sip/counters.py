"""What is counted for /metrics (docs/plugins/sip.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

TURNED = Counter("sip_turned_away", "Messages and calls turned away, by why", ["why"])
CALLS = Counter("sip_calls", "Calls begun, by direction", ["direction"])
LINES = Gauge("sip_calls_open", "Calls there are now")
LENT = Gauge("sip_calls_lent", "Calls of other plugins")
REGISTRATIONS = Counter("sip_registrations", "Registrations of phones, by outcome", ["outcome"])
TRUNK_UP = Gauge("sip_trunk_up", "Whether a place calls go out by answers: 1 or 0", ["connection", "proxy"])
TRUNK_REGISTERED = Gauge("sip_trunk_registered", "Whether a trunk is registered at its carrier: 1 or 0", ["connection"])
TRUNK_REGISTRATIONS = Counter(
    "sip_trunk_registrations", "Answers of carriers' registrars, by connection and status", ["connection", "outcome"]
)
