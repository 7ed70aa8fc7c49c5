"""Ways out, and in: carriers and gateways, where their names lead, and how each fares."""
