"""Agents' phones: their log-ins, where each is, and what one may do by itself."""
