"""Calls in other plugins' hands: the service `Telephony`."""
