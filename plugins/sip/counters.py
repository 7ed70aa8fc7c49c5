"""What is counted for /metrics (docs/plugins/sip.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

TURNED = Counter("sip_turned_away", "Messages and calls turned away, by why", ["why"])
CALLS = Counter("sip_calls", "Calls begun, by direction", ["direction"])
LINES = Gauge("sip_calls_open", "Calls there are now")
REGISTRATIONS = Counter("sip_registrations", "Registrations of phones, by outcome", ["outcome"])
