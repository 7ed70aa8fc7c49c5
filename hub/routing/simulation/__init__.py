"""A contact centre that is played through, event by event, on the real engine: seeded, without a clock or I/O."""
