"""How SIP messages travel (RFC 3261 §18)."""
