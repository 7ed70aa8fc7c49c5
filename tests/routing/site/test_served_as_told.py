"""What a queue's policy promises, seen in the store: on both databases, through the whole pipeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.model.errors import Conflict, OfferGone
from hub.pipeline import conclude, offer
from hub.pipeline.colleagues import transfer
from hub.pipeline.owner import replay
from hub.pipeline.promises import callback
from hub.store import interactions as rows
from hub.store.tables import interactions, segments
from tests.routing.site.office import Office

pytestmark = pytest.mark.slow


async def test_all_ring_has_exactly_one_winner_and_the_loser_is_told_who(office: Office) -> None:
    """asterisk #176."""
    async with office.serve({"strategy": "ALL_RING"}):
        await office.are_ready("ann", "bob")
        await office.says()
        late = int(str((await office.offered_to("bob")).data["offer"]))
        await office.accepts("ann")
        ended = await office.until("offer.ended", lambda event: event.data["offer"] == late)
        assert (ended.data["state"], ended.data["by"]) == ("RESCINDED", office.people["ann"].user_id)
        with pytest.raises(OfferGone) as gone:
            await office.store.write(lambda tx: offer.accept(tx, office.people["bob"], late))
        assert gone.value.data["by"] == {"id": office.people["ann"].user_id, "name": "Ann"}
        assert [(row["state"], row["user_id"]) for row in await office.works()] == [
            ("ASSIGNED", office.people["ann"].user_id)
        ]


async def test_a_queue_that_asks_nobody_accepts_for_the_agent(office: Office) -> None:
    async with office.serve({"auto_accept": True}):
        await office.are_ready("ann")
        await office.says()
        await office.becomes("CONNECTED")
        [row] = await office.rows(interactions)
        assert row["agent_id"] == office.people["ann"].user_id
        assert [each["state"] for each in await office.offers()] == ["ACCEPTED"]


async def test_a_ring_brings_another_teams_agents_after_its_time(office: Office) -> None:
    async with office.serve({"rings": [{"after": 1, "queues": ["back"]}]}):
        await office.are_ready("eve")
        await office.says()
        made = await office.offered_to("eve")
        [row] = await office.works()
        assert (made.at - row["queued_at"]).total_seconds() >= 1
        [kept] = await office.offers()
        assert (kept["explanation"]["ring"], kept["explanation"]["candidates"]) == (1, 1)


async def test_who_had_the_customer_last_is_kept_for_them_while_ready(office: Office) -> None:
    async with office.serve({"last_agent_seconds": 60}):
        await office.are_ready("bob")
        await office.says()
        first = await office.accepts("bob")
        assert first is not None
        await office.are_ready("ann")  # idle for less long than Bob will be busy
        await office.store.write(lambda tx: conclude.close(tx, office.people["bob"], first))
        await office.becomes("CLOSED")
        await office.says("Me again", session="s2")
        await office.until("offer.created", lambda event: event.interaction_id != first)
        last = (await office.offers())[-1]
        assert (last["user_id"], last["explanation"]["own"]) == (office.people["bob"].user_id, True)


async def test_what_waits_too_long_moves_on_and_keeps_its_first_enqueue_time(office: Office) -> None:
    async with office.serve({"overflow": [{"reason": "WAIT", "limit": 1, "queue": "back"}]}):
        await office.are_ready("eve")
        await office.says()
        await office.offered_to("eve")
        [row] = await office.works()
        [interaction] = await office.rows(interactions)
        assert row["enqueued_at"] == interaction["enqueued_at"] < row["queued_at"]
        assert interaction["queue_id"] == row["queue_id"]
        outcomes = [(each["kind"], each["outcome"]) for each in await office.rows(segments)]
        assert outcomes == [("QUEUE", "OVERFLOWED"), ("QUEUE", "")]


async def test_a_closed_queue_leaves_it_for_later_without_anybody_waiting(office: Office) -> None:
    never = {"zone": "UTC", "week": {}}
    async with office.serve({"overflow": [{"reason": "CLOSED", "action": "message"}]}, never):
        await office.says()
        await office.until("work.overflowed", lambda event: event.data["reason"] == "CLOSED")
        [row] = await office.works()
        assert (row["state"], row["medium"]) == ("WAITING", "DEFERRED")
        await office.says(who="fox", session="s2")
        await office.until("work.overflowed", lambda event: event.data["work"] != row["id"])
        outcomes = [row["outcome"] for row in await office.rows(segments) if row["kind"] == "QUEUE"]
        assert outcomes.count("OVERFLOWED") == 2, "each once"


async def test_a_full_queue_ends_what_comes_when_it_says_so(office: Office) -> None:
    async with office.serve({"overflow": [{"reason": "DEPTH", "limit": 1, "action": "end"}]}):
        await office.says()
        await office.becomes("QUEUED")
        await office.says(who="fox", session="s2")
        await office.until("work.overflowed", lambda event: event.data["reason"] == "DEPTH")
        states = [(row["state"], row["disposition"]) for row in await office.rows(interactions)]
        assert states == [("QUEUED", ""), ("CLOSED", "OVERFLOW")]


async def test_a_promised_call_back_keeps_the_place_when_the_customer_goes(office: Office) -> None:
    async with office.serve({}):
        await office.says()
        await office.becomes("QUEUED")
        [before] = await office.works()
        await office.store.write(lambda tx: callback.ask(tx, rows.locked(tx, before["interaction_id"])))
        await office.exchange.say("leg", state="ENDED", cause="hung up")
        await office.becomes("CLOSED")
        await office.are_ready("ann")
        assert await office.accepts("ann") == before["interaction_id"]
        [row] = await office.works()
        assert (row["kind"], row["state"], row["enqueued_at"]) == ("callback", "ASSIGNED", before["enqueued_at"])
        assert "CALLBACK_REQUESTED" in {each["outcome"] for each in await office.rows(segments)}
        ann = office.people["ann"].user_id
        await office.store.write(lambda tx: callback.done(tx, ann, row["id"]))
        assert (await office.works())[0]["state"] == "DONE"


async def test_rules_set_priority_skills_and_queue_by_what_is_known(office: Office) -> None:
    async with office.serve({}, eve={"skills": {"bears": 2}}):
        back = (await office.queues())["back"]
        bears = {"queue": back, "priority": 5, "skills": {"bears": 2}}
        rule = {"name": "Bears", "when": 'customer.name == "Bear"', **bears}
        await office.rules(rules=[rule, {"name": "Nobody", "when": "false", "priority": 99}])
        await office.are_ready("eve", "ann")
        await office.says()
        await office.offered_to("eve")
        [row] = await office.works()
        assert (row["queue_id"], row["priority"], row["requirement"]["skills"]) == (back, 5, {"bears": 2})
        assert row["requirement"]["rules"] == ["Bears"]


async def test_a_rule_s_attributes_stand_with_the_contact_and_later_rules_ask_for_them(office: Office) -> None:
    async with office.serve({}):
        gold = {"name": "Gold", "when": 'customer.name == "Bear"', "attributes": {"tier": "gold", "fed": "no"}}
        soon = {"name": "Soon", "when": 'attributes.tier == "gold"', "priority": 7, "attributes": {"fed": "soon"}}
        early = {"name": "Too early", "when": 'attributes.tier == "gold"', "priority": 99}
        await office.rules(rules=[early, gold, soon])
        await office.are_ready("ann")
        await office.says()
        await office.offered_to("ann")
        [row], [contact] = await office.works(), await office.rows(interactions)
        assert (row["priority"], row["requirement"]["rules"]) == (7, ["Gold", "Soon"])
        assert contact["attributes"]["tier"] == "gold"
        assert contact["attributes"]["fed"] == "soon"


async def test_an_agents_own_limit_holds(office: Office) -> None:
    async with office.serve({}):
        await office.are_ready("ann")
        await office.has_limits("ann", LIVE_TEXT=1)
        await office.says()
        await office.accepts("ann")
        await office.says(who="fox", session="s2")
        await office.until("work.enqueued", lambda event: event.interaction_id == 2)
        await office.are_ready("bob")
        await office.offered_to("bob")
        asked = {each["user_id"] for each in await office.offers()}
        assert asked == {each.user_id for each in office.agents("ann", "bob")}


async def test_a_transfer_that_is_refused_comes_back(office: Office) -> None:
    """baresip #3367, asterisk #759: nobody loses the customer."""
    async with office.serve({}):
        await office.are_ready("ann")
        await office.says()
        talk = await office.accepts("ann")
        assert talk is not None
        with pytest.raises(Conflict):
            await _ring(office, talk)
        await office.are_ready("bob")
        await _ring(office, talk)
        await office.rejects("bob")
        [row] = await office.rows(interactions)
        assert (row["state"], row["agent_id"]) == ("CONNECTED", office.people["ann"].user_id)
        await _ring(office, talk)
        assert len(await office.offers()) >= 2


async def test_a_day_told_again_to_a_fresh_engine_comes_out_the_same(office: Office) -> None:
    async with office.serve({"strategy": "ROUND_ROBIN"}):
        await office.are_ready("ann", "bob")
        for number in range(6):
            await office.says(who=f"bear{number}", session=f"s{number}")
        await office.until("offer.created", lambda event: event.interaction_id == 6)
        await office.rejects("ann")
        await office.rejects("bob")
    async with office:
        until = datetime.now(UTC) + timedelta(hours=1)
        again = await office.store.read(lambda conn: replay.replay(conn, until - timedelta(days=1), until))
    assert (again.different, again.differences) == (0, [])
    assert again.decisions >= 6


async def _ring(office: Office, talk: int) -> None:
    bob = office.people["bob"].user_id
    await office.store.write(lambda tx: transfer.ring(tx, office.people["ann"], talk, bob))


async def test_what_blocks_what_is_the_sites_to_say(office: Office) -> None:
    async with office.serve({}):
        await office.rules(blending={"channels": {"toy": 1}, "blocks": None, "budget": None})
        await office.are_ready("ann")
        await office.says()
        await office.accepts("ann")
        await office.says(who="fox", session="s2")
        await office.until("work.enqueued", lambda event: event.interaction_id == 2)
        await office.are_ready("bob")
        await office.offered_to("bob")
        assert [each["user_id"] for each in await office.offers()] == [
            each.user_id for each in office.agents("ann", "bob")
        ]
