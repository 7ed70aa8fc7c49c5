"""What is counted for /metrics (docs/plugins/fax.md)."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge

RECEIVING: Final = Gauge("fax_receiving", "Calls whose fax is being received now")
BUSY: Final = Counter("fax_busy", "Calls that heard busy, because as many faxes as may came in already")
