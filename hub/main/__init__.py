"""The composition root and the `hub` command."""

from hub.main.command import main

__all__ = ["main"]
