"""What is said, and who said it, is found: in Chinese, by number, serial, address and pinyin; alike everywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from hub.model.actor import Actor
from hub.model.customers import NewCustomer, NewIdentity
from hub.model.permissions import Permission
from hub.model.searching import query_phrases
from hub.model.serial import format_serial
from hub.model.tickets import NewTicket
from hub.store import interactions, messages, search, search_newest, search_results, tickets
from hub.store.customers import create_customer
from hub.store.database import Store
from hub.store.rows import inserted
from hub.store.search_results import Hit, find, matching_interactions
from hub.store.search_results import search as look_for
from hub.store.tables import accounts, departments, users
from hub.store.tables import messages as said
from hub.store.tables import tickets as ticket_rows
from hub.store.unit import Tx

SHARED = Path(__file__).parents[3] / "shared" / "corpus"
SENTENCES = [
    "密码重置后无法登录",
    "请重启密码键盘",
    "我不喜欢日本和服。",
    "生产和服务都很重要",
    "雷猴回归人间。",
    "Die Straße ist naß",
]
QUERIES = {
    "重置": [0],
    "密码": [0, 1],
    "和服": [2, 3],
    "重置后": [0],
    "回归": [4],
    "服务": [3],
    "登录密码": [],
    "STRASSE": [5],
}
EVERYTHING = frozenset(Permission)
ANYBODY = Actor(0, "Anybody", EVERYTHING, None)


def documents() -> list[str]:
    file = SHARED / "zh-search" / "docs.json"
    return [*json.loads(file.read_text("utf-8"))] if file.exists() else SENTENCES


def queries() -> list[tuple[str, list[int]]]:
    file = SHARED / "zh-search" / "queries.json"
    if not file.exists():
        return [*QUERIES.items()]
    return [(each["query"], each["docs"]) for each in json.loads(file.read_text("utf-8"))]


async def conversation(store: Store, *texts: str, department: int | None = None, agent: int | None = None) -> int:
    """An interaction in which this was said."""

    def work(tx: Tx) -> int:
        known = tx.conn.execute(accounts.select()).first()
        account = known.id if known else inserted(tx.conn, insert(accounts).values(channel="toy", address="desk"))
        values: dict[str, Any] = {"channel": "toy", "medium": "DEFERRED", "account_id": account, "subject": "Matter"}
        row = interactions.create(tx, {**values, "department_id": department, "agent_id": agent})
        for text in texts:
            messages.add(tx, row, messages.INBOUND, {"text": text, "fields": {}})
        return int(row["id"])

    return await store.write(work)


async def department(store: Store, name: str) -> int:
    return await store.write(lambda tx: inserted(tx.conn, insert(departments).values(name=name)))


async def agent(store: Store, *of: int) -> Actor:
    def work(tx: Tx) -> int:
        return inserted(tx.conn, insert(users).values(login=f"agent of {of}", name="Lin", created_at=tx.now))

    return Actor(await store.write(work), "Lin", EVERYTHING, frozenset(of))


async def hits(store: Store, query: str, kind: str = "message", actor: Actor = ANYBODY) -> list[Hit]:
    return (await store.read(lambda conn: find(conn, actor, kind, query, limit=2000))).items


async def ids(store: Store, query: str, kind: str = "message", actor: Actor = ANYBODY) -> list[int]:
    return [hit.id for hit in await hits(store, query, kind, actor)]


@pytest.mark.parametrize(("texts", "wanted"), [(SENTENCES, [*QUERIES.items()]), (documents(), queries())])
async def test_every_phrase_is_found_where_it_stands(
    store: Store, texts: Sequence[str], wanted: Sequence[tuple[str, list[int]]]
) -> None:
    await conversation(store, *texts)
    first = min(await ids(store, texts[0]))
    told = 0
    for query, places in wanted:
        found = [each - first for each in await ids(store, query)]
        assert set(places) <= set(found) and found == sorted(found, reverse=True), query
        told += len(found)
    assert sum(len(places) for _, places in wanted) >= 0.95 * told


async def test_the_newest_stand_first_and_pages_go_on_where_they_ended(store: Store) -> None:
    await conversation(store, *(f"订单 {n}" for n in range(7)))

    async def page(cursor: str) -> tuple[list[str], str | None]:
        found = await store.read(lambda conn: find(conn, ANYBODY, "message", "订单", cursor, 3))
        return [hit.snippet for hit in found.items], found.next

    first, after_first = await page("")
    second, after_second = await page(after_first or "")
    assert (first, second) == (["订单 6", "订单 5", "订单 4"], ["订单 3", "订单 2", "订单 1"])
    assert await page(after_second or "") == (["订单 0"], None)


async def test_a_hit_says_where_and_shows_why(store: Store) -> None:
    where = await conversation(store, "前言 " * 100 + "发动机有异响" + " 后记" * 100)
    (hit,) = await hits(store, "异响")
    assert (hit.kind, hit.interaction, hit.title) == ("message", where, "Matter")
    assert "异响" in hit.snippet and len(hit.snippet) <= 202


async def test_subjects_and_file_names_find_their_message(store: Store) -> None:
    await conversation(store, "no words here")

    def work(tx: Tx) -> None:
        row = interactions.get(tx.conn, 1)
        assert row is not None
        messages.add(tx, row, messages.INBOUND, {"text": "", "fields": {"subject": "Rechnung für März"}})

    await store.write(work)
    assert len(await ids(store, "rechnung")) == 1


async def test_a_customer_is_found_by_everything_a_person_may_type(store: Store) -> None:
    addresses = (NewIdentity("tel", "13800138000"), NewIdentity("mailto", "zhang.san@example.com"))
    new = NewCustomer("曾重置", attributes={"car": "京A12345"}, identities=addresses)
    made = await store.write(lambda tx: create_customer(tx, None, new))
    await store.write(lambda tx: create_customer(tx, None, NewCustomer("Somebody else")))
    for query in (
        "曾",
        "重置",
        "zcz",
        "ccz",
        "zzz",
        "zengzhongzhi",
        "8000",
        "0138000",
        "+86 138-0013-8000",
        "zhang.san@example.com",
    ):
        assert await ids(store, query, "customer") == [made], query
    assert await ids(store, "9000", "customer") == []


@pytest.mark.parametrize("query", ["0012", "00012", "13800010012", "010-8888 0012"])
async def test_a_zero_is_a_digit_like_any_other(store: Store, query: str) -> None:
    numbers = (NewIdentity("tel", "13800010012"), NewIdentity("tel", "010-88880012"), NewIdentity("tel", "13800000012"))
    new = NewCustomer("Anna", identities=numbers)
    made = await store.write(lambda tx: create_customer(tx, None, new))
    assert await ids(store, query, "customer") == [made]


async def test_a_ticket_is_found_by_its_serial_however_it_is_written(store: Store) -> None:
    made = await store.write(
        lambda tx: tickets.create_ticket(tx, None, NewTicket("空调坏了", fields={"model": "KFR-35"}))
    )
    row = await store.read(lambda conn: conn.execute(ticket_rows.select()).mappings().one())
    serial = row["serial"]
    for query in (serial, format_serial(serial), f"#{serial}", serial[-5:], "空调", "kfr-35"):
        assert await ids(store, query, "ticket") == [made], query


async def test_a_changed_ticket_is_found_by_what_it_says_now(store: Store) -> None:
    made = await store.write(lambda tx: tickets.create_ticket(tx, None, NewTicket("空调坏了")))
    await store.write(lambda tx: tickets.change_ticket(tx, None, made, {"subject": "冰箱坏了"}))
    assert (await ids(store, "空调", "ticket"), await ids(store, "冰箱", "ticket")) == ([], [made])


async def test_each_sees_what_their_departments_and_they_themselves_have(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    actor = await agent(store, ours)
    await conversation(store, "秘密 theirs", department=theirs)
    await conversation(store, "秘密 ours", department=ours)
    await conversation(store, "秘密 everybody's")
    await conversation(store, "秘密 mine", department=theirs, agent=actor.user_id)
    assert [hit.snippet for hit in await hits(store, "秘密", actor=actor)] == [
        "秘密 mine",
        "秘密 everybody's",
        "秘密 ours",
    ]
    assert len(await ids(store, "秘密")) == 4


async def test_a_page_is_full_although_others_have_newer_hits(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    await conversation(store, *(["我们的"] * 5), department=ours)
    await conversation(store, *(["我们的"] * 50), department=theirs)
    actor = await agent(store, ours)
    page = await store.read(lambda conn: find(conn, actor, "message", "我们", limit=4))
    assert len(page.items) == 4 and page.next is not None


@pytest.mark.parametrize("window", [1, 3])
async def test_what_lies_behind_the_window_of_the_newest_is_found(
    store: Store, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_newest, "WINDOW", window)
    ours = await department(store, "Ours")
    await conversation(store, "很久以前", department=ours)
    await conversation(store, *(["今天"] * 5))
    for actor in (ANYBODY, await agent(store, ours)):
        assert len(await ids(store, "很久", actor=actor)) == 1
    monkeypatch.setattr(search_results, "FEW", 0)
    assert len(await ids(store, "很久", actor=await agent(store, ours, 99))) == 1


async def test_a_transferred_conversation_is_found_by_those_who_have_it_now(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    where = await conversation(store, "变速箱", department=theirs)
    actor = await agent(store, ours)
    assert await ids(store, "变速箱", actor=actor) == []

    def move(tx: Tx) -> None:
        interactions.change(tx, interactions.locked(tx, where), department_id=ours)

    await store.write(move)
    assert len(await ids(store, "变速箱", actor=actor)) == 1


async def test_one_search_brings_every_kind_the_actor_may_read(store: Store) -> None:
    await conversation(store, "刹车")
    await store.write(lambda tx: tickets.create_ticket(tx, None, NewTicket("刹车")))
    await store.write(lambda tx: create_customer(tx, None, NewCustomer("刹车")))
    found = await store.read(lambda conn: look_for(conn, ANYBODY, "刹车"))
    assert [hit.kind for hit in found] == ["customer", "ticket", "message"]
    limited = Actor(0, "Reader", frozenset({Permission.TICKETS_READ}), None)
    assert [hit.kind for hit in await store.read(lambda conn: look_for(conn, limited, "刹车"))] == ["ticket"]


async def test_the_list_of_interactions_is_narrowed_by_what_was_said(store: Store) -> None:
    first = await conversation(store, "变速箱异响", "变速箱修好了")
    await conversation(store, "空调")
    last = await conversation(store, "变速箱")
    assert await store.read(lambda conn: matching_interactions(conn, ANYBODY, "变速箱")) == [last, first]
    assert await store.read(lambda conn: matching_interactions(conn, ANYBODY, "飞机")) == []


async def test_the_list_of_interactions_is_narrowed_by_customer_and_ticket(store: Store) -> None:
    where = await conversation(store, "hello")
    await conversation(store, "hello")
    made = await store.write(lambda tx: create_customer(tx, None, NewCustomer("曾重置")))
    matter = await store.write(lambda tx: tickets.create_ticket(tx, None, NewTicket("空调坏了")))

    def link(tx: Tx) -> None:
        interactions.change(tx, interactions.locked(tx, where), customer_id=made, ticket_id=matter)

    await store.write(link)
    assert await store.read(lambda conn: matching_interactions(conn, ANYBODY, "zcz")) == [where]
    assert await store.read(lambda conn: matching_interactions(conn, ANYBODY, "空调")) == [where]


async def test_what_is_removed_is_found_no_more(store: Store) -> None:
    await conversation(store, "删除我")
    (hit,) = await ids(store, "删除我")
    await store.write(lambda tx: search.remove(tx, "message", hit))
    assert await ids(store, "删除我") == []


@pytest.mark.slow
async def test_no_query_breaks_the_search_and_every_text_is_found_by_itself(store: Store) -> None:
    file = SHARED / "misc-blns" / "blns.json"
    own = [
        "'",
        '"',
        "a OR b",
        "NEAR(x",
        "()",
        "*",
        "!&|",
        "\x00",
        "%_",
        "' OR 1=1 --",
        "Ω≈ç√",
        "1'; DROP TABLE x",
        "田中さん",
    ]
    strings = [*own, *(json.loads(file.read_text("utf-8")) if file.exists() else [])]
    await conversation(store, *(text.replace("\x00", "") for text in strings))
    everything = await store.read(lambda conn: conn.execute(select(said.c.id, said.c.text)).all())
    for text in strings:
        found = await ids(store, text)
        if len(text) < 100 and query_phrases(text):
            assert any(row.text == text.replace("\x00", "") and row.id in found for row in everything), text
