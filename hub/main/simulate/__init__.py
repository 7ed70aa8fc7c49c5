"""`hub simulate`: a day's arrivals through the real routing, as tables, charts and proposed numbers of agents."""

from hub.main.simulate.command import configure

__all__ = ["configure"]
