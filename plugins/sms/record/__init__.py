"""What the plugin writes down: attempts and parts of what was sent, and who said STOP."""
