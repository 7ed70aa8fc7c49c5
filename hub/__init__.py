"""The contact hub: interactions, customers and tickets of every channel in one queue."""

__version__ = "0.1.0"
