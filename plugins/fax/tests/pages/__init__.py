"""Pages: what documents become, and what is read of those that came in."""
