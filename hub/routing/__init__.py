"""Who gets which work: pure, deterministic, in memory; no clock, I/O, await or chance."""
