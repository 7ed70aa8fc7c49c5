"""Sound while it grows on disk, from its first second until the core has it."""
