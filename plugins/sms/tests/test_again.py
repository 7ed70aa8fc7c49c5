"""Which text is the same one once more, and which a customer's second."""

from __future__ import annotations

import time

from plugins.sms.smpp.again import IN_DOUBT_FOR, InDoubt, Owed


def test_the_same_words_on_a_standing_line_are_two_texts() -> None:
    doubts = InDoubt("", 0.0)
    assert doubts.name(b"1", 1.0) != doubts.name(b"1", 2.0)


def test_what_the_line_left_in_doubt_gets_its_name_again_once() -> None:
    owed, doubts = Owed(), InDoubt("", 0.0)
    first, second = doubts.name(b"1", 0.0), doubts.name(b"2", 0.0)
    owed.take(first)
    owed.take(second)
    owed.answered(first)
    doubts.add(owed.names, 10.0)
    assert doubts.name(b"1", 11.0) == first
    assert doubts.name(b"1", 11.0) != first
    assert InDoubt(" ".join(doubts.names), 20.0).name(b"2", 21.0) == second, "also in the hub's next life"


def test_what_was_not_taken_is_in_doubt_once() -> None:
    doubts = InDoubt("", 0.0)
    name = doubts.name(b"1", 0.0)
    doubts.add([name], 0.0)  # refused for now
    doubts.add([name], 1.0)  # and then the line ended
    assert doubts.name(b"1", 2.0) == name
    assert doubts.name(b"1", 2.0) != name


def test_an_answer_the_far_side_has_read_is_beyond_doubt() -> None:
    owed = Owed()
    owed.take("a.1")
    owed.answered("a.1")
    before = owed.written
    owed.take("b.1")
    owed.answered("b.1")
    owed.read(before)
    assert owed.names == ["b.1"]
    assert owed.something.is_set()
    owed.read(owed.written)
    assert not owed.names
    assert not owed.something.is_set()


def test_after_a_while_a_repetition_is_a_customers_own() -> None:
    doubts = InDoubt("", 0.0)
    name = doubts.name(b"1", 0.0)
    doubts.add([name], 0.0)
    assert doubts.name(b"1", IN_DOUBT_FOR + 1) != name


def test_what_was_settled_before_the_end_is_beyond_doubt() -> None:
    doubts = InDoubt("", 0.0)
    before = doubts.name(b"1", 0.0)
    settled_at = time.time_ns()
    after = doubts.name(b"2", 0.0)
    later = InDoubt(f"{before} {after} rubbish", 0.0, settled_at)
    assert later.names == [after]
    assert later.any(1.0)
    assert not later.any(IN_DOUBT_FOR + 1)
