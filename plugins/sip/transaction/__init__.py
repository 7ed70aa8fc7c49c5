"""Transactions (RFC 3261 §17, RFC 6026): four pure machines with the time passed in, and one driver."""
