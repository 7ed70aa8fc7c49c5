"""What the HTTP layer counts for Prometheus. Every name stands in docs/metrics.md."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("hub_http_requests", "API requests answered", ["operation", "status"])
REQUEST_SECONDS = Histogram("hub_http_request_seconds", "Time from request to answer", ["operation"])
EVENTS = Counter("hub_events", "Events of the log this node has seen", ["type"])
DELIVERY_STATES = Counter("hub_delivery_states", "Deliveries that entered a state", ["state"])
OFFER_ENDS = Counter("hub_offers_ended", "Offers that ended, by how", ["state"])
MESSAGES = Counter("hub_messages", "Messages recorded", ["direction"])
STREAM_CLIENTS = Gauge("hub_stream_clients", "Open event streams on this node")
STREAM_DROPS = Counter("hub_stream_drops", "Streams that fell behind and had to load anew")
WEBHOOK_CALLS = Counter("hub_webhook_calls", "Outgoing webhook calls", ["outcome"])
LOGIN_FAILURES = Counter("hub_login_failures", "Logins refused for a wrong login or password")
LOOP_LAG = Gauge("hub_event_loop_lag_seconds", "How late the event loop ran its last timer")

# read from the database when somebody looks
RAWS_ACCEPTED = Gauge("hub_raws_accepted", "Raw inputs ever accepted")
RAWS_WAITING = Gauge("hub_raws_waiting", "Raw inputs stored and not yet processed")
RAWS_QUARANTINED = Gauge("hub_raws_quarantined", "Raw inputs that wait for a person")
DELIVERIES_WAITING = Gauge("hub_deliveries_waiting", "Deliveries that have not gone yet", ["state"])
OFFERS_OPEN = Gauge("hub_offers_open", "Offers that agents have not answered yet")
INTERACTIONS_OPEN = Gauge("hub_interactions_open", "Interactions that have not ended", ["state"])
QUEUE_DEPTH = Gauge("hub_queue_depth", "Work that waits for an agent", ["queue"])
AGENTS = Gauge("hub_agents", "Users by presence", ["state"])
