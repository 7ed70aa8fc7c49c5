"""Permissions and the department tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.model.permissions import BUILT_IN_ROLES, Permission, effective_permissions, visible_departments

TREE = {1: None, 2: 1, 3: 1, 4: 2, 5: 4, 6: None}


def test_each_built_in_role_holds_all_of_the_one_below() -> None:
    assert BUILT_IN_ROLES["agent"] < BUILT_IN_ROLES["supervisor"] < BUILT_IN_ROLES["admin"] == frozenset(Permission)


def test_a_supervisor_says_how_work_is_routed_and_an_agent_does_not() -> None:
    routing = {Permission.QUEUES_MANAGE, Permission.INTERACTIONS_SUPERVISE, Permission.PRESENCE_FORCE}
    assert routing <= BUILT_IN_ROLES["supervisor"] and not routing & BUILT_IN_ROLES["agent"]
    assert not BUILT_IN_ROLES["supervisor"] & {Permission.USERS_MANAGE, Permission.CONNECTIONS_MANAGE}


def test_an_agent_cannot_see_others_work_nor_export_customers() -> None:
    assert not BUILT_IN_ROLES["agent"] & {Permission.INTERACTIONS_SUPERVISE, Permission.CUSTOMERS_EXPORT}


def test_a_denial_wins_over_role_and_grant() -> None:
    held = effective_permissions(
        [BUILT_IN_ROLES["agent"]], grants=["reports.read", "sample.play"], denials=["reports.read", "tickets.write"]
    )
    assert held >= {"sample.play", "tickets.read"}
    assert not {"reports.read", "tickets.write"} & held


def test_one_sees_ones_own_departments_and_all_below() -> None:
    assert visible_departments(TREE, [2]) == {2, 4, 5}
    assert visible_departments(TREE, [3, 6]) == {3, 6}
    assert visible_departments(TREE, []) == frozenset()


def test_a_department_that_is_gone_shows_nothing() -> None:
    assert visible_departments(TREE, [99]) == frozenset()


@given(st.dictionaries(st.integers(0, 9), st.none() | st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_any_tree_even_a_looped_one_ends_and_is_closed_downwards(parents: dict[int, int | None], own: set[int]) -> None:
    seen = visible_departments(parents, own)
    assert seen >= own & parents.keys()
    assert all(child in seen for child, parent in parents.items() if parent in seen)
