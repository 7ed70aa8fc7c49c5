"""The one way in and the one way out, one file a step."""
