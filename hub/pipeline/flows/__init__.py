"""Self-service: what a flow is told, what it remembers, and what its answers become."""
