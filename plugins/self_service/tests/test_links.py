"""Addresses of files hold for a while, and only those we made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plugins.self_service.links import holds, path

KEY, NOW = b"k" * 32, datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_an_address_holds_until_its_time_and_for_its_file_alone() -> None:
    _, kind, until, signature, name = path(KEY, "prices.pdf", NOW + timedelta(hours=1)).split("/")
    assert (kind, name) == ("files", "prices.pdf")
    assert holds(KEY, "prices.pdf", until, signature, NOW)
    assert not holds(KEY, "prices.pdf", until, signature, NOW + timedelta(hours=1))
    assert not holds(KEY, "wages.pdf", until, signature, NOW)
    assert not holds(KEY, "prices.pdf", str(int(until) + 1), signature, NOW)
    assert not holds(b"x" * 32, "prices.pdf", until, signature, NOW)
    assert not holds(KEY, "prices.pdf", "soon", signature, NOW) and not holds(KEY, "价格.pdf", until, "é", NOW)
