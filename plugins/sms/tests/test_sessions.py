"""A session ends when it is idle, and never while somebody waits for an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock

import pytest

import plugins.sms
from hub.api import AnyAccount, Conversation, ConversationMessage, Overloaded
from hub.testing import FakeContext
from plugins.sms.sessions import TIMER
from plugins.sms.settings import SmsAccount, SmsSettings
from plugins.sms.tests.test_contract import ACCOUNT

BOB = "+8613800138000"
DAY = timedelta(days=1)


def conversation(state: str, direction: str, ago: timedelta) -> Conversation:
    at = datetime.now(UTC) - ago
    said = ConversationMessage(1, 3, 1, direction, "TEXT", "Hello", "", {}, "", "", at, "")
    return Conversation(3, state, f"tel:{BOB}", "", None, "", (said,))


async def fired(found: Conversation | None) -> FakeContext:
    """What becomes of a session whose timer is due."""
    context = FakeContext("sms", SmsSettings(), accounts=[ACCOUNT])
    if found:
        context.conversations[ACCOUNT.id, f"tel:{BOB}"] = found
    await plugins.sms.hub_timer(context, TIMER, {"account": ACCOUNT.address.value, "number": BOB})
    return context


async def test_an_idle_session_ends() -> None:
    context = await fired(conversation("AWAITING_CUSTOMER", "OUTBOUND", 2 * DAY))
    assert context.closed == [(ACCOUNT, f"tel:{BOB}", "idle")]
    assert not context.timers


async def test_a_session_with_something_said_lately_is_looked_at_again() -> None:
    context = await fired(conversation("CONNECTED", "OUTBOUND", DAY / 2))
    assert not context.closed
    (planned,) = context.timers
    assert abs(planned.at - datetime.now(UTC) - DAY / 2) < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("state", "direction"), [("CONNECTED", "INBOUND"), ("QUEUED", "OUTBOUND"), ("OFFERED", "INBOUND")]
)
async def test_who_waits_for_an_answer_is_not_cut_off(state: str, direction: str) -> None:
    context = await fired(conversation(state, direction, 9 * DAY))
    assert not context.closed
    assert context.timers


@pytest.mark.parametrize("found", [None, conversation("CLOSED", "OUTBOUND", 9 * DAY)])
async def test_what_is_over_is_left_alone(found: Conversation | None) -> None:
    context = await fired(found)
    assert not context.closed
    assert not context.timers


async def test_a_session_is_watched_once() -> None:
    context = FakeContext("sms", SmsSettings(), accounts=[ACCOUNT])
    channel = plugins.sms._channel(context)
    for _ in range(3):
        await channel.sessions.watch(ACCOUNT, BOB)
    assert len(context.timers) == 1


async def test_a_session_is_watched_again_once_another_node_may_have_ended_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hasty: AnyAccount = replace(ACCOUNT, settings=SmsAccount.model_construct(idle_seconds=0))
    context = FakeContext("sms", SmsSettings(), accounts=[hasty])
    sessions = plugins.sms._channel(context).sessions
    with monkeypatch.context() as busy:
        busy.setattr(FakeContext, "schedule", AsyncMock(side_effect=Overloaded))
        await sessions.watch(ACCOUNT, BOB)  # what was said is stored: this cannot fail it
    assert context.faults
    await sessions.watch(ACCOUNT, BOB)
    assert len(context.timers) == 1, "nothing was noted before it stood"
    for _ in range(2):
        context.timers.clear()
        await sessions.watch(hasty, "+8613800138001")
        assert context.timers


async def test_of_a_long_session_the_newest_counts() -> None:
    found = conversation("CONNECTED", "OUTBOUND", 9 * DAY)
    old = [replace(found.messages[0], position=place) for place in range(1, 1001)]
    newest = replace(found.messages[0], position=1001, direction="INBOUND")
    context = await fired(replace(found, messages=(*old, newest)))
    assert not context.closed
    assert context.timers
