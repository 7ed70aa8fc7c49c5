"""What the core meets when a channel misbehaves: the contract's errors and nothing else."""

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    Capabilities,
    HubError,
    InputError,
    Malformed,
    Medium,
    OutcomeUnknown,
    Overloaded,
    Raw,
    Rejected,
    Request,
    SendError,
    Sent,
    Unauthenticated,
    UnknownAccount,
    Unreachable,
)
from hub.plugin.faults import BreakerOpen, ChannelFailed, PluginFailed, PluginTimedOut
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.record import Plugin, PluginState
from hub.plugin.workers import Workers
from tests.plugin.doubles import ACCOUNT, CONNECTION, MESSAGE, Letters, raising

RAW = Raw(b"desk")
REQUEST = Request("POST", "/", {}, {}, {}, b"", "127.0.0.1", "http://x/")


class Careful(Letters):
    """A channel on which the same delivery twice would be seen twice."""

    capabilities = Capabilities(Medium.DEFERRED, resend_is_safe=False)


class Various(Letters):
    """A channel some of whose accounts carry no files."""

    capabilities = Capabilities(Medium.DEFERRED, attachments=True, max_attachment_bytes=9)

    def capabilities_of(self, account: AnyAccount) -> Capabilities:
        plain: Capabilities = self._do("capabilities_of", Letters.capabilities, account)
        return plain


def isolated(channel: Letters, **options: Any) -> IsolatedChannel:
    return IsolatedChannel(Plugin("post", PluginState.LOADED), channel, Workers("post"), **options)


async def test_what_a_channel_gives_passes_unchanged() -> None:
    channel = isolated(Letters())
    assert channel.address(RAW) == (Address("letter", "desk"),)
    channel.authenticate(ACCOUNT, RAW)
    assert [inbound.text for inbound in await channel.normalise(ACCOUNT, RAW)] == ["desk"]  # type: ignore[union-attr]
    assert await channel.send(CONNECTION, ACCOUNT, MESSAGE) == Sent("out-7")


def test_an_account_may_carry_less_than_its_channel() -> None:
    assert isolated(Letters()).capabilities_of(ACCOUNT) is Letters.capabilities
    assert not isolated(Various()).capabilities_of(ACCOUNT).attachments
    broken = isolated(Various(capabilities_of=raising(KeyError("x"))))
    assert broken.capabilities_of(ACCOUNT) is Various.capabilities, "nobody is kept from writing by a plugin's mistake"
    assert broken.plugin.faults == 1


@pytest.mark.parametrize("error", [Unauthenticated("who?"), UnknownAccount(), Malformed()])
def test_a_refusal_of_the_input_passes(error: InputError) -> None:
    channel = isolated(Letters(address=raising(error), authenticate=raising(error)))
    with pytest.raises(type(error)):
        channel.address(RAW)
    with pytest.raises(type(error)):
        channel.authenticate(ACCOUNT, RAW)


@pytest.mark.parametrize("step", [raising(KeyError("x")), lambda *_: ["not an address"], lambda *_: 3])
def test_a_broken_look_up_asks_the_far_side_to_try_again(step: Any) -> None:
    channel = isolated(Letters(address=step))
    with pytest.raises(Overloaded):
        channel.address(RAW)
    assert channel.plugin.faults == 1


class Discreet(Letters):
    """A channel whose far side writes its password into the letter."""

    def redacted(self, account: AnyAccount, raw: Raw) -> Raw:
        clean: Raw = self._do("redacted", Raw(raw.body.replace(b"s3cret", b"")), account, raw)
        return clean


def test_what_a_channel_takes_out_of_an_input_is_not_kept() -> None:
    assert isolated(Discreet()).redacted(ACCOUNT, Raw(b"s3cret desk")) == Raw(b" desk")
    assert isolated(Letters()).redacted(ACCOUNT, RAW) is RAW


@pytest.mark.parametrize("step", [raising(KeyError("x")), lambda *_: b"desk"])
def test_what_cannot_be_told_to_be_clean_is_not_kept_at_all(step: Any) -> None:
    channel = isolated(Discreet(redacted=step))
    with pytest.raises(Overloaded):
        channel.redacted(ACCOUNT, RAW)
    assert channel.plugin.faults == 1


def test_a_broken_check_lets_nobody_in_and_refuses_nobody_for_good() -> None:
    with pytest.raises(Overloaded):
        isolated(Letters(authenticate=raising(ZeroDivisionError()))).authenticate(ACCOUNT, RAW)


async def test_malformed_passes_and_anything_else_is_the_plugins_failure() -> None:
    with pytest.raises(Malformed):
        await isolated(Letters(normalise=raising(Malformed("no header")))).normalise(ACCOUNT, RAW)
    for step in (raising(RecursionError()), raising(SystemExit(1)), lambda *_: [object()], lambda *_: None):
        with pytest.raises(PluginFailed):
            await isolated(Letters(normalise=step)).normalise(ACCOUNT, RAW)


async def test_a_reading_that_hangs_starves_only_its_own_plugin() -> None:
    release = threading.Event()
    stuck = isolated(Letters(normalise=lambda *_: release.wait(30)))
    for _ in range(3):
        with pytest.raises(PluginTimedOut):
            await stuck.normalise(ACCOUNT, RAW, deadline=0.02)
    assert len(await isolated(Letters()).normalise(ACCOUNT, RAW, deadline=5)) == 1
    release.set()


async def test_reading_goes_on_when_the_hanging_call_comes_back() -> None:
    release = threading.Event()
    workers = Workers("post", threads=1)
    with pytest.raises(TimeoutError):
        await workers.run(release.wait, 0.02)
    release.set()
    assert await workers.run(lambda: "back", 5) == "back"
    workers.close()


@pytest.mark.parametrize("error", [Rejected("no such person"), Unreachable(retry_after=3), OutcomeUnknown()])
async def test_a_send_error_passes(error: SendError) -> None:
    with pytest.raises(type(error)) as caught:
        await isolated(Letters(send=raising(error))).send(None, ACCOUNT, MESSAGE)
    assert caught.value is error


async def hang(message: object) -> Sent:
    await asyncio.Event().wait()
    raise AssertionError


async def lie(message: object) -> str:
    return "sent"


@pytest.mark.parametrize("step", [raising(KeyError("x")), hang, lie])
async def test_an_unclear_end_is_retried_only_where_that_is_safe(step: Any) -> None:
    with pytest.raises(ChannelFailed):
        await isolated(Letters(send=step)).send(None, ACCOUNT, MESSAGE, deadline=0.02)
    with pytest.raises(OutcomeUnknown):
        await isolated(Careful(send=step)).send(None, ACCOUNT, MESSAGE, deadline=0.02)


async def test_a_connection_that_keeps_failing_rests_and_its_neighbour_does_not() -> None:
    now = [0.0]
    calls: list[int] = []

    async def down(message: object) -> Sent:
        calls.append(1)
        raise Unreachable

    channel = isolated(Letters(send=down), clock=lambda: now[0])
    for _ in range(8):
        with pytest.raises(Unreachable):
            await channel.send(CONNECTION, ACCOUNT, MESSAGE)
    assert len(calls) == 5
    with pytest.raises(BreakerOpen) as caught:
        await channel.send(CONNECTION, ACCOUNT, MESSAGE)
    assert caught.value.retry_after == 5.0
    with pytest.raises(Unreachable):
        await channel.send(None, ACCOUNT, MESSAGE)
    assert len(calls) == 6


async def test_changed_settings_close_the_breaker() -> None:
    channel = isolated(Letters(send=raising(Unreachable())))
    for _ in range(6):
        with pytest.raises(Unreachable):
            await channel.send(CONNECTION, ACCOUNT, MESSAGE)
    channel.breakers.reset(CONNECTION.id)
    with pytest.raises(Unreachable) as caught:
        await channel.send(CONNECTION, ACCOUNT, MESSAGE)
    assert not isinstance(caught.value, BreakerOpen)


async def test_a_channel_that_is_not_live_has_no_signals() -> None:
    channel = isolated(Letters())
    assert not await channel.end(ACCOUNT, "t", "done")


@pytest.mark.parametrize(
    ("accepted", "error", "status"),
    [
        (Accepted(1), None, 200),
        (None, Unauthenticated(), 403),
        (None, UnknownAccount(), 404),
        (None, Malformed(), 400),
        (None, Overloaded(), 503),
        (None, KeyError(), 503),
    ],
)
def test_a_webhook_is_answered_even_without_the_channels_words(
    accepted: Accepted | None, error: Exception | None, status: int
) -> None:
    assert isolated(Letters()).acknowledge(REQUEST, accepted, error).status == status


@given(st.sampled_from([KeyError, ValueError, OSError, RuntimeError, UnicodeError, AssertionError, HubError]))
def test_no_other_error_ever_gets_out_of_a_look_up(kind: type[Exception]) -> None:
    with pytest.raises(Overloaded):
        isolated(Letters(address=raising(kind()))).address(RAW)


def test_a_plugin_that_always_fails_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    plugin = Plugin("post", PluginState.LOADED)
    for _ in range(1000):
        plugin.fault("hub_event", KeyError("Ann Miller, +8613800138000"))
    assert plugin.faults == 1000
    assert len(caplog.records) == 10
    assert "Miller" not in caplog.text
