"""Two records of one customer become one, in the chosen direction, and apart again; replies keep their address."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.api import Account, Address, AnyAccount
from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.tickets import NewTicket
from hub.store import merges, tickets
from hub.store.customer_lists import CustomerFilter, list_customers
from hub.store.customers import change_customer
from hub.store.database import Store
from hub.store.identities import find_or_create_by_identity
from hub.store.tables import audit, events
from hub.store.tables import tickets as rows
from tests.customers.desk import addresses, customer, interaction, interaction_row, organisation, shown, supervisor

OLD, NEW = ("mailto", "old@x.cn"), ("mailto", "new@x.cn")


async def merge(store: Store, actor: Actor, keep: int, gone: int) -> int:
    return await store.write(lambda tx: merges.merge_customers(tx, actor, keep, gone))


async def undo(store: Store, actor: Actor, merge_id: int) -> None:
    await store.write(lambda tx: merges.undo_merge(tx, actor, merge_id))


async def two(store: Store) -> tuple[Actor, int, int]:
    actor = await supervisor(store)
    keep = await customer(store, "Anna", NEW, attributes={"plate": "A1", "size": "L"})
    gone = await customer(
        store, "Anna (old)", OLD, language="zh", notes="likes tea", attributes={"plate": "B2", "vip": True}
    )
    return actor, keep, gone


async def test_a_preview_says_what_moves_and_where_the_two_differ(store: Store) -> None:
    actor, keep, gone = await two(store)
    await interaction(store, gone, Address(*OLD))
    preview = await store.read(lambda conn: merges.preview_merge(conn, keep, gone))
    assert preview.moves == {
        "identities": 1,
        "interactions": 1,
        "tickets": 0,
        "assets": 0,
        "members": 0,
        "shared_identities": 0,
    }
    assert preview.fields.filled == {"language": "zh", "notes": "likes tea"}
    assert preview.fields.attributes == {"vip": True}
    assert preview.fields.differing == ("name", "attributes.plate")
    assert (await shown(store, actor, gone)).id == gone  # nothing was done yet


async def test_the_kept_customer_has_everything_and_the_gone_one_leads_to_them(store: Store) -> None:
    actor, keep, gone = await two(store)
    await merge(store, actor, keep, gone)
    after = await shown(store, actor, gone)
    assert (after.id, after.name, after.language, after.notes) == (keep, "Anna", "zh", "likes tea")
    assert after.attributes == {"plate": "A1", "size": "L", "vip": True}
    assert sorted(await addresses(store, actor, keep)) == ["new@x.cn", "old@x.cn"]


async def test_the_other_direction_keeps_the_other(store: Store) -> None:
    actor, anna, old = await two(store)
    await merge(store, actor, old, anna)
    after = await shown(store, actor, anna)
    assert (after.id, after.name, after.attributes["plate"]) == (old, "Anna (old)", "B2")


async def test_replies_still_go_to_the_address_that_wrote(store: Store) -> None:
    """Chatwoot #15359: after a merge the answer went to the kept contact's own address."""
    actor, keep, gone = await two(store)
    written = await interaction(store, gone, Address(*OLD))
    before = await interaction_row(store, written)
    await merge(store, actor, keep, gone)
    after = await interaction_row(store, written)
    assert after["customer_id"] == keep
    assert (after["reply_to"], after["identity_id"]) == (before["reply_to"], before["identity_id"])
    assert after["reply_to"]["value"] == "old@x.cn"


async def test_who_writes_from_a_merged_address_is_the_kept_customer(store: Store) -> None:
    actor, keep, gone = await two(store)
    await merge(store, actor, keep, gone)
    account: AnyAccount = Account(1, None, "toy", "Desk", Address("tel", "1"), None)
    found = await store.write(lambda tx: find_or_create_by_identity(tx, Address(*OLD), {}, account))
    assert found.customer_id == keep


async def test_undoing_gives_everything_back(store: Store) -> None:
    actor, keep, gone = await two(store)
    dealer = await organisation(store, "Dealer")
    ticket = await store.write(lambda tx: tickets.create_ticket(tx, actor, NewTicket("Old matter", customer_id=gone)))
    written = await interaction(store, gone, Address(*OLD))
    before = [await shown(store, actor, each) for each in (keep, gone, dealer)]
    await undo(store, actor, await merge(store, actor, keep, gone))
    after = [await shown(store, actor, each) for each in (keep, gone, dealer)]
    told = [(each.id, each.name, each.language, each.notes, each.attributes, each.identities) for each in after]
    assert told == [
        (each.id, each.name, each.language, each.notes, each.attributes, each.identities) for each in before
    ]
    assert (await interaction_row(store, written))["customer_id"] == gone
    assert (
        await store.read(lambda conn: conn.execute(select(rows.c.customer_id).where(rows.c.id == ticket)).scalar())
    ) == gone


async def test_undoing_leaves_alone_what_somebody_changed_since(store: Store) -> None:
    actor, keep, gone = await two(store)
    merged = await merge(store, actor, keep, gone)
    await store.write(lambda tx: change_customer(tx, actor, keep, {"notes": "likes coffee"}))
    later = await interaction(store, keep, Address(*OLD))
    await undo(store, actor, merged)
    assert (await shown(store, actor, keep)).notes == "likes coffee"
    assert (await interaction_row(store, later))["customer_id"] == keep


async def test_merges_are_undone_in_the_reverse_order_and_once(store: Store) -> None:
    actor, keep, gone = await two(store)
    third = await customer(store, "Third")
    first = await merge(store, actor, keep, gone)
    second = await merge(store, actor, third, keep)
    with pytest.raises(Conflict):
        await undo(store, actor, first)
    await undo(store, actor, second)
    await undo(store, actor, first)
    with pytest.raises(Conflict):
        await undo(store, actor, first)
    assert await addresses(store, actor, gone) == ["old@x.cn"]


async def test_shared_addresses_are_merged_and_shared_again(store: Store) -> None:
    actor = await supervisor(store)
    keep = await customer(store, "Anna", ("tel", "010-88888888"), shared=True)
    gone = await customer(store, "Bert", ("tel", "010-88888888"), ("tel", "010-66666666"), shared=True)
    merged = await merge(store, actor, keep, gone)
    assert sorted(await addresses(store, actor, keep)) == ["+861066666666", "+861088888888"]
    await undo(store, actor, merged)
    assert await addresses(store, actor, keep) == ["+861088888888"]
    assert sorted(await addresses(store, actor, gone)) == ["+861066666666", "+861088888888"]


async def test_nobody_is_merged_with_themself_a_stranger_or_their_organisation(store: Store) -> None:
    actor, dealer = await supervisor(store), await organisation(store, "Dealer")
    anna = await customer(store, "Anna", organisation_id=dealer)
    with pytest.raises(Conflict):
        await merge(store, actor, anna, anna)
    with pytest.raises(Conflict):
        await merge(store, actor, anna, dealer)
    with pytest.raises(NotFound):
        await merge(store, actor, anna, 4711)


async def test_members_follow_a_merged_organisation(store: Store) -> None:
    actor = await supervisor(store)
    keep, gone = await organisation(store, "Dealer"), await organisation(store, "Dealer Ltd")
    member = await customer(store, "Anna", organisation_id=gone)
    merged = await merge(store, actor, keep, gone)
    found = (await shown(store, actor, member)).organisation
    assert found and found.id == keep
    await undo(store, actor, merged)
    found = (await shown(store, actor, member)).organisation
    assert found and found.id == gone


async def test_the_gone_ones_name_finds_the_kept_one(store: Store) -> None:
    actor, keep = await supervisor(store), await customer(store, "Anna")
    gone = await customer(store, "王重置")
    merged = await merge(store, actor, keep, gone)

    async def named(query: str) -> list[int]:
        found = await store.read(lambda conn: list_customers(conn, actor, CustomerFilter(q=query)))
        return [each.id for each in found.items]

    assert await named("wcz") == [keep]
    await undo(store, actor, merged)
    assert (await named("wcz"), await named("anna")) == ([gone], [keep])


async def test_merges_are_listed_audited_and_announced(store: Store) -> None:
    actor, keep, gone = await two(store)
    merged = await merge(store, actor, keep, gone)
    await undo(store, actor, merged)
    listed = (await store.read(merges.list_merges)).items
    assert [(each.id, each.kept.name, each.gone.name, each.moved["identities"]) for each in listed] == [
        (merged, "Anna", "Anna (old)", 1)
    ]
    assert listed[0].undone_at is not None and listed[0].user and listed[0].user.name == "Sun"
    said = await store.read(lambda conn: list(conn.execute(select(audit.c.action).order_by(audit.c.id)).scalars()))
    assert said == ["customer.merged", "customer.unmerged"]
    told = select(events.c.type, events.c.data).where(events.c.type.like("%merged")).order_by(events.c.seq)
    found = await store.read(lambda conn: [tuple(row) for row in conn.execute(told)])
    assert found[0] == ("customer.merged", {"kept": keep, "gone": gone, "merge": merged})
