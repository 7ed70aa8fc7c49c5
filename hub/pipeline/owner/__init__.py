"""The one node that owns routing: what it tells the engine, and the record of it, which can be told again."""
