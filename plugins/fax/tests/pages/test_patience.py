"""When a document is given up: decided about clocks that are handed in, so that no machine is too slow for it."""

from __future__ import annotations

from plugins.fax.pages.patience import Patience, Spent

START = Spent(100.0, 5.0)


def at(wall: float, work: float) -> Spent:
    return Spent(START.wall + wall, START.work + work)


def patience() -> Patience:
    return Patience(2.0, START)


def test_what_works_all_the_time_is_over_within_its_two_seconds_by_the_clock() -> None:
    one = patience()
    one.begin(at(0.3, 0.2))
    assert not one.over(at(1.59, 1.5)) and one.over(at(1.61, 1.5))


def test_on_a_busy_machine_a_fifth_of_the_work_is_enough_to_give_a_page_up_and_less_is_not() -> None:
    one = patience()
    one.begin(at(0.5, 0.1))
    assert not one.over(at(1.59, 0.7)), "its time has not gone"
    assert not one.over(at(30.0, 0.49)), "it waits, it does not work"
    assert one.over(at(1.61, 0.51))


def test_what_is_only_opened_is_watched_as_well() -> None:
    assert not patience().over(at(2.0, 0.39)) and patience().over(at(2.0, 0.41)) and patience().over(at(0.1, 2.0))


def test_opening_a_document_wins_no_time_for_its_first_page() -> None:
    one = patience()
    one.begin(at(0.2, 0.1))
    one.begin(at(1.5, 0.2))
    assert one.over(at(1.61, 0.61))


def test_many_honest_pages_may_take_long_and_each_has_a_clock_of_its_own() -> None:
    one = patience()
    for number in range(100):
        one.begin(at(10.0 * number, 0.39 * number))
        assert not one.over(at(10.0 * number + 9, 0.39 * number + 0.38))
        one.rest(at(10.0 * number + 9, 0.39 * number + 0.38))


def test_many_slow_pages_end_early() -> None:
    """Each 0.9 s where half a second is earned: the two seconds that were saved are gone with the fourth."""
    one, drawn = patience(), 0
    while drawn < 100:
        one.begin(at(drawn, 0.9 * drawn))
        if one.over(at(drawn + 0.9, 0.9 * (drawn + 1))):
            break
        drawn += 1
        one.rest(at(drawn, 0.9 * drawn))
    assert drawn == 3


def test_one_slow_page_is_forgiven_when_quick_ones_came_since() -> None:
    one = patience()
    for number, work in enumerate([1.5, 0.1, 0.1, 0.1, 1.5]):
        began = 10.0 * number
        one.begin(Spent(began, began))
        assert not one.over(Spent(began + work, began + work))
        one.rest(Spent(began + work, began + work))


def test_large_pictures_earn_the_time_to_unpack_them_and_never_more_than_all_of_it() -> None:
    one = patience()
    one.begin(at(0, 0))
    one.expect(0.5)
    assert not one.over(at(9, 1.14)) and one.over(at(9, 1.16))
    one.expect(7.0)
    assert not one.over(at(9, 1.99)) and one.over(at(9, 2.0))


def test_what_is_done_with_a_drawn_page_is_not_its_fault() -> None:
    one = patience()
    one.begin(at(0, 0))
    one.rest(at(0.3, 0.3))
    assert not one.over(at(60, 30)) and round(one.left(), 6) == 1.7
