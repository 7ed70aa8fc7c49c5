"""Telephone calls by SIP: trunks, the agents' phones, and what is said and heard on them."""
