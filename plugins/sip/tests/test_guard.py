"""Who is let near, and where calls may go."""

from __future__ import annotations

import pytest

from plugins.sip.counters import TURNED
from plugins.sip.guard import Guard, Limits, Turned, may_call, networks

STRANGER, TRUNK = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def guard() -> Guard:
    guard = Guard(Limits(rate=10, burst=20, failures=3, window=60, ban=900))
    guard.trusted = {1: networks(["198.51.100.0/24"])}
    return guard


def test_a_flood_is_cut_to_the_rate_and_counted(guard: Guard) -> None:
    assert sum(guard.admits(STRANGER, 0.0) for _ in range(100)) == 20
    assert sum(guard.admits(STRANGER, 1.0) for _ in range(100)) == 10
    assert guard.turned[Turned.FLOOD] == 170


def test_a_trunk_may_send_as_much_as_it_likes(guard: Guard) -> None:
    assert all(guard.admits(TRUNK, 0.0) for _ in range(1000))


def test_three_failures_ban_for_fifteen_minutes(guard: Guard) -> None:
    for second in range(3):
        guard.failed(STRANGER, Turned.AUTHENTICATION, second)
    assert not guard.admits(STRANGER, 3) and guard.banned(3) == [STRANGER]
    assert guard.admits(STRANGER, 1000) and guard.turned[Turned.BANNED] == 1


def test_failures_far_apart_ban_nobody_and_a_trunk_is_never_banned(guard: Guard) -> None:
    for second in (0, 100, 200, 300):
        guard.failed(STRANGER, Turned.AUTHENTICATION, second)
        guard.failed(TRUNK, Turned.METHOD, 0)
    assert guard.admits(STRANGER, 300) and guard.admits(TRUNK, 300)


@pytest.mark.parametrize("why", Turned)
def test_each_reason_is_a_count_of_its_own(guard: Guard, why: Turned) -> None:
    before = TURNED.labels(why)._value.get()
    guard.count(why)
    assert (TURNED.labels(why)._value.get() - before, guard.turned[why]) == (1, 1)


def test_what_is_dropped_unread_is_counted_too(guard: Guard) -> None:
    before = [TURNED.labels(why)._value.get() for why in (Turned.FLOOD, Turned.BANNED)]
    for _ in range(21):
        guard.admits(STRANGER, 0.0)
    for _ in range(3):
        guard.failed(STRANGER, Turned.METHOD, 0.0)
    guard.admits(STRANGER, 1.0)
    after = [TURNED.labels(why)._value.get() for why in (Turned.FLOOD, Turned.BANNED)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


def test_memory_of_sources_is_bounded(guard: Guard) -> None:
    for number in range(30_000):
        guard.admits(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", 0)
    assert len(guard._sources) == 20_000


@pytest.mark.parametrize(
    ("number", "prefixes", "allowed"),
    [
        ("+861380", [], False),
        ("+861380", ["+86"], True),
        ("+861380", ["+86", "!+8613"], False),
        ("+8613801", ["+86", "!+8613", "+861380"], True),
        ("+33123", ["*", "!+33"], False),
        ("+44123", ["*", "!+33"], True),
        ("+44123", [""], False),
    ],
)
def test_calls_go_out_only_where_a_prefix_allows_it(number: str, prefixes: list[str], allowed: bool) -> None:
    assert may_call(number, prefixes) is allowed
