"""A session ends when it is idle, and never while somebody waits for an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import plugins.sms
from hub.api import Conversation, ConversationMessage
from hub.testing import FakeContext
from plugins.sms.sessions import TIMER
from plugins.sms.settings import SmsSettings
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
