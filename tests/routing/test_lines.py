"""A line and an agenda, whose things say themselves whether they are meant, against sorted lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.routing.heap import Agenda
from hub.routing.lines import ID, ID_BITS, NOBODY, Entry, Line
from hub.routing.policy import QueuePolicy
from hub.routing.queues import Requirement
from hub.routing.signatures import WorkClass
from hub.routing.snapshots import Work

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
CLASS = WorkClass(1, ("LIVE_TEXT", ""), Requirement(frozenset({1}), frozenset()))
STEPS = st.lists(st.tuples(st.sampled_from("ppd"), st.integers(0, 9), st.integers(0, 5)))


def line() -> Line:
    return Line(CLASS, QueuePolicy(1), 0, [NOBODY])


def entry(number: int, moment: int = 0) -> Entry:
    return Entry(Work(number, 1, "LIVE_TEXT", START), number, moment << ID_BITS | number)


@given(STEPS)
def test_a_line_gives_what_a_sorted_list_gives(steps: list[tuple[str, int, int]]) -> None:
    tried, entries = line(), [entry(number, moment=number // 3) for number in range(10)]
    waiting: set[int] = set()
    for step, number, _ in steps:
        if step == "p" and number not in waiting:
            entries[number] = entry(number, moment=number // 3)  # what waited before stays behind, and is another
            tried.put(entries[number])
            waiting.add(number)
        elif step == "d" and number in waiting:
            tried.drop(entries[number])
            waiting.remove(number)
        odd = [each for each in sorted(waiting) if each % 2]
        found = tried.first_where(lambda each: each.number % 2 == 1)
        assert (found.number if found else None) == (odd[0] if odd else None)
        assert tried.heads[0] == (entries[min(waiting)].place if waiting else NOBODY)
        assert not waiting or tried.heads[0] & ID == min(waiting)
        assert tried.length == len(waiting)


@given(STEPS)
def test_an_agenda_gives_what_a_sorted_list_gives(steps: list[tuple[str, int, int]]) -> None:
    agenda: Agenda[Entry] = Agenda()
    entries, due = [entry(number) for number in range(10)], dict[int, int]()
    for step, number, seconds in steps:
        if step == "p":
            if number not in due:
                entries[number] = entry(number)
            agenda.put(entries[number], START + timedelta(seconds=seconds))
            due[number] = seconds
        else:
            agenda.drop(entries[number])
            due.pop(number, None)
        assert agenda.next() == (START + timedelta(seconds=min(due.values())) if due else None)
    until = START + timedelta(seconds=3)
    soon = sorted((seconds, number) for number, seconds in due.items() if seconds <= 3)
    assert [each.number for each in agenda.due_by(until)] == [number for _, number in soon]
    assert all((entries[number].due is None) == (seconds <= 3) for number, seconds in due.items())


def test_what_comes_and_goes_for_ever_grows_neither() -> None:
    tried, agenda = line(), Agenda[Entry]()
    first, other = entry(1), entry(2, moment=1)
    tried.put(first)
    agenda.put(first, START)
    for second in range(1, 10_000):
        tried.put(other)
        tried.drop(other)
        agenda.put(other, START + timedelta(seconds=second))
    assert len(tried.row) < 100
    assert len(agenda._heap) < 100
    assert (tried.heads[0], agenda.next()) == (first.place, START)
