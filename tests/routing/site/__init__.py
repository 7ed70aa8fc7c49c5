"""Routing in a whole site: the engine's decisions, committed."""
