"""Passing work on, and bringing somebody in without passing it on."""
