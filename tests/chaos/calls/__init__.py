"""A site with a call in every state a call can be in, for whatever goes wrong then."""
