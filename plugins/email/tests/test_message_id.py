"""Our Message-IDs are stable, ours alone, and cannot be guessed."""

from __future__ import annotations

from plugins.email.message_id import MessageIds

IDS = MessageIds(b"k" * 32)


def test_every_attempt_of_a_delivery_has_one_id() -> None:
    assert IDS.of(17, "demo.test") == IDS.of(17, "demo.test") != IDS.of(18, "demo.test")


def test_ours_are_recognised_under_any_domain_we_had() -> None:
    assert IDS.is_ours(IDS.of(17, "demo.test"))
    assert IDS.is_ours(IDS.of(17, "former.test"))


def test_others_are_not_ours() -> None:
    forged = IDS.of(17, "demo.test").replace("hub.17.", "hub.18.")
    for stranger in (
        forged,
        MessageIds(b"x" * 32).of(17, "demo.test"),
        "hub.17@demo.test",
        "",
        "hub.17." + "0" * 20 + "@d",
    ):
        assert not IDS.is_ours(stranger)
