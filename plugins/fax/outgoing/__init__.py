"""Faxes that go out: printed, dialled, tried again by cause, and told of."""
