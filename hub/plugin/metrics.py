"""What is counted about plugins, for /metrics."""

from prometheus_client import Counter

FAULTS = Counter("hub_plugin_faults", "Errors a plugin raised where it must not", ["plugin", "call"])
BLOCKED = Counter("hub_loop_blocked", "Times a plugin (or the hub itself) blocked the event loop", ["plugin"])
BLOCKED_SECONDS = Counter("hub_loop_blocked_seconds", "Seconds for which the event loop was blocked", ["plugin"])
RESTARTS = Counter("hub_supervised_restarts", "Restarts of listeners and background work", ["plugin", "task"])
BREAKER_OPENED = Counter("hub_breaker_opened", "Times a connection's breaker opened", ["channel"])
