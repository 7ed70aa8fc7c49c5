"""Lists for IN come in a few lengths, and mean what they meant."""

from hub.store.rows import listed


def test_a_list_is_filled_to_the_next_power_of_two_with_what_it_has() -> None:
    for count in range(1, 70):
        found = listed(range(count))
        assert found[:count] == list(range(count)) and set(found) == set(range(count))
        assert len(found).bit_count() == 1 and len(found) < 2 * count
    assert listed([]) == []
