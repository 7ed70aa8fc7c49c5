"""A recorded stretch of routing told once more, under other rules: what would have come of it."""
