"""What an owner of routing remembers of turns and refusals, the next one reads in the store: on both databases."""

from __future__ import annotations

import pytest

from tests.routing.site.office import Office

pytestmark = pytest.mark.slow


async def offered_next(office: Office, who: str, session: str, number: int) -> int:
    """Somebody writes; the user who is asked."""
    await office.says(who=who, session=session)
    await office.until("offer.created", lambda event: event.interaction_id == number)
    return int((await office.offers())[-1]["user_id"])


async def test_whose_turn_it_is_does_not_begin_anew_with_each_owner(office: Office) -> None:
    async with office.serve({"strategy": "ROUND_ROBIN"}):
        await office.are_ready("ann", "bob")
        first = await offered_next(office, "bear", "s1", 1)
    async with office:
        second = await offered_next(office, "fox", "s2", 2)
    async with office:
        third = await offered_next(office, "owl", "s3", 3)
        ann, bob = (each.user_id for each in office.agents("ann", "bob"))
    assert sorted((first, second)) == [ann, bob] and third == first


async def test_what_somebody_has_rejected_goes_to_others_under_the_next_owner(office: Office) -> None:
    async with office.serve({}):
        await office.are_ready("ann")
        await office.says()
        await office.rejects("ann")
    async with office:
        await office.are_ready("bob")
        await office.offered_to("bob")
        ann, bob = (each.user_id for each in office.agents("ann", "bob"))
        assert [each["user_id"] for each in await office.offers()] == [ann, bob]
