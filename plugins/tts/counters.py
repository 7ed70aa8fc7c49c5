"""What is counted for /metrics (docs/plugins/tts.md)."""

from __future__ import annotations

from prometheus_client import Counter

PROMPTS = Counter("tts_prompts", "Prompts asked for, by who gave them: a provider, the cache, or the chime", ["by"])
FAILURES = Counter(
    "tts_failures", "Prompts a provider could not speak, by provider and why (died, hung)", ["provider", "why"]
)
