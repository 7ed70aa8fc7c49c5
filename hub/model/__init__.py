"""Rules and states of the hub: no I/O, no clock; times come in as timezone-aware UTC datetimes."""
