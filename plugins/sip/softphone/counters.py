"""What is counted of softphones for /metrics (docs/plugins/sip.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

OPEN = Gauge("sip_softphones_open", "Agents' browsers that can be called at this node")
LOST = Counter("sip_softphones_lost", "Browsers that could not be heard, or not any more")
MOS = Histogram(
    "sip_softphone_mos", "How it sounds in agents' browsers, as they measure it", buckets=(1.5, 2, 2.5, 3, 3.5, 4, 4.2)
)
