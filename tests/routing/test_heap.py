"""The heap with lazy deletion against a sorted list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.routing.heap import LazyHeap

STEPS = st.lists(st.tuples(st.sampled_from("pdf"), st.integers(0, 9), st.integers(0, 5)))


@given(STEPS)
def test_it_gives_what_a_sorted_list_gives(steps: list[tuple[str, int, int]]) -> None:
    heap: LazyHeap[tuple[int]] = LazyHeap()
    plain: dict[int, int] = {}
    for step, item, key in steps:
        if step == "p":
            heap.put(item, (key,))
            plain[item] = key
        elif step == "d":
            heap.drop(item)
            plain.pop(item, None)
        ordered = sorted((key, item) for item, key in plain.items())
        odd = [item for _, item in ordered if item % 2]
        found = heap.first_where(lambda item: item % 2 == 1)
        assert (found[1] if found else None) == (odd[0] if odd else None)
        assert heap.first() == (ordered[0][1] if ordered else None)
        assert len(heap) == len(plain)
        assert (item in heap) == (item in plain)


def test_what_moves_for_ever_does_not_grow_the_heap() -> None:
    heap: LazyHeap[tuple[int]] = LazyHeap()
    heap.put(1, (0,))
    for key in range(1, 10_000):
        heap.put(2, (key,))
    assert len(heap._heap) < 100
    assert heap.first() == 1
