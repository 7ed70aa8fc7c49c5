"""What tests stand on: databases, the real process, a real browser. Nothing here asserts what the product does."""
