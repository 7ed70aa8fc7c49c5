"""What the HTTP layer counts for Prometheus. Every name stands in docs/metrics.md."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("hub_http_requests", "API requests answered", ["operation", "status"])
REQUEST_SECONDS = Histogram("hub_http_request_seconds", "Time from request to answer", ["operation"])
STREAM_CLIENTS = Gauge("hub_stream_clients", "Open event streams on this node")
STREAM_DROPS = Counter("hub_stream_drops", "Streams that fell behind and had to load anew")
WEBHOOK_CALLS = Counter("hub_webhook_calls", "Outgoing webhook calls", ["outcome"])
LOGIN_FAILURES = Counter("hub_login_failures", "Logins refused for a wrong login or password")
LOOP_LAG = Gauge("hub_event_loop_lag_seconds", "How late the event loop ran its last timer")
