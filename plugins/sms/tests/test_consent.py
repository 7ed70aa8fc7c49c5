"""STOP, START, and the hours in which automatic texts rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plugins.sms
from hub.api import Address, Contact, Overloaded, Request, Route, Viewer
from hub.testing import FakeContext
from plugins.sms.consent import importing, quiet
from plugins.sms.consent.ledger import Consent, Source
from plugins.sms.consent.words import Wish, wish
from plugins.sms.settings import AtNight, SmsAccount, SmsSettings
from plugins.sms.tests.test_contract import ACCOUNT

BOB = "+8613800138000"
CONTACT = Contact(1, "sms", Address("tel", BOB), "reply", 5, 3, message_id=9)
CAMPAIGN = replace(CONTACT, automatic=True, purpose="notice", message_id=8)  # queued before the confirmation
MIGRATIONS = Path(plugins.sms.__file__).parent / "migrations"


@pytest.mark.parametrize("text", ["STOP", " stop. ", "ｓｔｏｐ", "退订", "【退订】", "TD", "Unsubscribe!", "退訂"])
def test_said_alone_it_means_stop(text: str) -> None:
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize("text", ["please stop", "我要退订吗", "stop the car at the gate and wait", "", "1"])
def test_said_among_other_words_it_does_not(text: str) -> None:
    assert wish(text) is Wish.NONE
    assert wish("basta", ["Basta"]) is Wish.STOP
    assert wish("恢复") is wish("Start") is Wish.START


def around_now() -> dict[str, str]:
    """Quiet hours that it is in the midst of."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    return {"quiet_from": f"{now - hour:%H:%M}", "quiet_until": f"{now + hour:%H:%M}", "quiet_zone": "UTC"}


def context_of(account: Mapping[str, object] | None = None) -> FakeContext:
    settings = SmsAccount.model_validate(account or {})
    return FakeContext("sms", SmsSettings(), accounts=[replace(ACCOUNT, settings=settings)], migrations=MIGRATIONS)


async def test_who_said_stop_is_sent_one_confirmation_and_nothing_else() -> None:
    context = context_of()
    channel = plugins.sms._channel(context)
    assert await plugins.sms.hub_veto_contact(CONTACT, context) is None
    await channel.ledger.note(Consent(BOB, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.1"))
    refusal = await plugins.sms.hub_veto_contact(CONTACT, context)
    assert refusal is not None
    assert refusal.code == "STOPPED"
    automatic = replace(CONTACT, automatic=True, purpose="notice")
    assert await plugins.sms.hub_veto_contact(automatic, context), "a notice, before the confirmation is due"
    statement = await channel.ledger.confirming(BOB, Wish.STOP)
    assert statement is not None
    asked = [asyncio.create_task(plugins.sms.hub_veto_contact(each, context)) for each in (automatic, CAMPAIGN)]
    await asyncio.sleep(0)  # both are asked while the confirmation is being written
    await channel.ledger.confirmed(statement, 9)
    confirmation, campaign = await asyncio.gather(*asked)
    assert confirmation is None
    assert campaign is not None
    assert await plugins.sms.hub_veto_contact(automatic, context) is None, "it may be tried again"
    assert await channel.ledger.confirming(BOB, Wish.STOP) is None
    assert await plugins.sms.hub_veto_contact(replace(CONTACT, channel="mail"), context) is None

    await channel.ledger.note(Consent(BOB, 1, Wish.START, Source.AGENT, "called us", user_id=1, user_name="Ann"))
    assert await plugins.sms.hub_veto_contact(CONTACT, context) is None


async def test_a_confirmation_that_comes_to_nothing_leaves_no_way_open(monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_of()
    channel = plugins.sms._channel(context)
    await channel.ledger.note(Consent(BOB, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.1"))
    told = {"account": ACCOUNT.address.value, "number": BOB, "wish": "STOP", "language": "en"}
    with monkeypatch.context() as broken:
        broken.setattr(FakeContext, "contact", AsyncMock(side_effect=Overloaded))
        with pytest.raises(Overloaded):
            await plugins.sms.hub_timer(context, "confirm", told)
    assert await plugins.sms.hub_veto_contact(CAMPAIGN, context)
    await plugins.sms.hub_timer(context, "confirm", {**told, "wish": "START"})  # an older word's
    await plugins.sms.hub_timer(context, "confirm", told)
    assert len(context.contacts) == 1
    assert await plugins.sms.hub_veto_contact(replace(CAMPAIGN, message_id=1), context) is None


async def test_an_old_word_handed_in_again_undoes_no_newer_one() -> None:
    context = context_of()
    ledger = plugins.sms._channel(context).ledger
    words = (Wish.START, "id.1"), (Wish.STOP, "id.2"), (Wish.START, "id.1")
    for wanted, evidence in words:
        await ledger.note(Consent(BOB, 1, wanted, Source.KEYWORD, wanted, evidence))
    assert await ledger.stopped(BOB)
    assert len(await ledger.history(BOB)) == 2


async def test_the_same_word_at_once_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_of()
    ledger = plugins.sms._channel(context).ledger
    monkeypatch.setattr(ledger, "_is_known", lambda *_: False)  # as when neither of two writers sees the other's
    for wanted, evidence in ((Wish.START, "id.1"), (Wish.STOP, "id.2"), (Wish.START, "id.1")):
        await ledger.note(Consent(BOB, 1, wanted, Source.KEYWORD, wanted, evidence))
    assert [row.kind for row in await ledger.history(BOB)] == ["STOP", "START"]


@pytest.mark.parametrize("fields", [{"number": "1069\0"}, {"note": "\0"}])
async def test_what_no_database_keeps_is_refused(fields: dict[str, str]) -> None:
    routes = [each for each in plugins.sms.hub_routes(context_of()) if isinstance(each, Route)]
    note = next(each for each in routes if (each.method, each.path) == ("POST", "/consent"))
    parts = next(each for each in routes if each.path == "/parts")
    viewer = Viewer(1, "Ann", "en", frozenset())
    body = json.dumps({"account": 1, "number": BOB, "allow": True, "note": "called", **fields}).encode()
    assert (await note.endpoint(Request("POST", "/p/sms/consent", {}, {}, {}, body, "", "", viewer))).status == 400
    asked = Request("GET", "/p/sms/parts", {}, {"interaction": "9" * 5000}, {}, b"", "", "", viewer)
    assert (await parts.endpoint(asked)).status == 400


async def test_a_forgotten_customer_stays_unwritten_to() -> None:
    context = context_of()
    channel = plugins.sms._channel(context)
    await channel.ledger.note(Consent(BOB, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.1"))
    await channel.ledger.note(Consent(BOB, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.1"))  # the same once more
    assert await plugins.sms.hub_veto_contact(CONTACT, context)
    await plugins.sms.hub_customer_merged(6, 5, context)
    await plugins.sms.hub_customer_erased(6, [], context)
    (kept,) = await channel.ledger.history(BOB)
    assert (kept.number, kept.words, kept.customer_id) == ("", "", None)
    assert "id.1" not in kept.evidence
    assert await channel.ledger.stopped(BOB)


async def test_an_erasure_finds_what_was_said_of_a_number_nobody_wrote_to_since() -> None:
    context = context_of()
    ledger, others = plugins.sms._channel(context).ledger, "+8613900139000"
    for number in (BOB, others):
        await ledger.note(Consent(number, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.1"))
        await ledger.note(
            Consent(number, 1, Wish.STOP, Source.IMPORT, "letter of 3 March", "import: letter of 3 March")
        )
    theirs = [Address("tel", BOB), Address("mailto", "bob@example.org")]
    for _ in range(2):  # the promise may be kept twice
        await plugins.sms.hub_customer_erased(6, theirs, context)
    assert [(row.number, row.words) for row in await ledger.history(BOB)] == [("", "")] * 2
    assert [row.number for row in await ledger.history(others)] == [others] * 2
    assert await ledger.stopped(BOB), "whoever said STOP is not written to, whoever they were"


async def test_an_old_word_that_comes_again_after_an_erasure_is_still_an_old_one() -> None:
    context = context_of()
    ledger = plugins.sms._channel(context).ledger
    await ledger.note(Consent(BOB, 1, Wish.START, Source.KEYWORD, "START", "id.1"))
    await ledger.note(Consent(BOB, 1, Wish.STOP, Source.KEYWORD, "STOP", "id.2"))
    await plugins.sms.hub_customer_erased(6, [Address("tel", BOB)], context)
    await ledger.note(Consent(BOB, 1, Wish.START, Source.KEYWORD, "START", "id.1"))
    assert await ledger.stopped(BOB)
    assert len(await ledger.history(BOB)) == 2
    await ledger.note(Consent(BOB, 1, Wish.START, Source.KEYWORD, "START", "id.3"))
    assert not await ledger.stopped(BOB), "a new one is their own"


async def test_in_quiet_hours_automatic_texts_rest_and_people_do_not() -> None:
    context = context_of(around_now())
    automatic = replace(CONTACT, automatic=True)
    refusal = await plugins.sms.hub_veto_contact(automatic, context)
    assert refusal is not None
    assert refusal.code == "QUIET_HOURS"
    assert await plugins.sms.hub_veto_contact(CONTACT, context) is None
    assert await plugins.sms.hub_veto_contact(automatic, context_of({**around_now(), "at_night": "delay"})) is None


@pytest.mark.parametrize(
    ("hour", "until"),
    [(20, None), (21, "2026-03-04T08:00"), (23, "2026-03-04T08:00"), (7, "2026-03-03T08:00"), (8, None)],
)
def test_quiet_hours_go_over_midnight_in_the_accounts_own_zone(hour: int, until: str | None) -> None:
    account = SmsAccount(quiet_from="21:00", quiet_until="08:00", at_night=AtNight.DELAY)
    shanghai = datetime(2026, 3, 3, hour, tzinfo=UTC).timestamp() - 8 * 3600
    found = quiet.ends_at(account, datetime.fromtimestamp(shanghai, UTC))
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == until
    assert quiet.ends_at(SmsAccount(), datetime(2026, 3, 3, tzinfo=UTC)) is None


async def test_consents_kept_elsewhere_come_in_with_their_evidence() -> None:
    context = context_of()
    route = next(r for r in plugins.sms.hub_routes(context) if isinstance(r, Route) and r.path == "/consents")
    body = b"number,consent,evidence\n13800138000,STOP,letter of 3 March\nGARAGE,stop,x\n10690,maybe,x\n10690,start,\n"
    viewer = Viewer(1, "Ann", "en", frozenset())
    request = Request("POST", "/p/sms/consents", {}, {"account": "1"}, {}, body, "", "", viewer)
    answer = json.loads((await route.endpoint(request)).body)
    assert answer["taken"] == 1
    assert [each["line"] for each in answer["problems"]] == [3, 4, 5]
    (kept,) = await plugins.sms._channel(context).ledger.history(BOB)
    assert (kept.kind, kept.source, kept.words, kept.user_name) == ("STOP", "IMPORT", "letter of 3 March", "Ann")


@given(body=st.binary(max_size=200))
def test_whatever_is_imported_is_lines_or_problems(body: bytes) -> None:
    for line in importing.lines(b"number,consent,evidence\n" + body, "CN"):
        assert line.problem or (line.number and line.evidence)
