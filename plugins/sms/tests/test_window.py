"""A far side that answers slowly: what finds no place in the window in time is not handed over, and so not in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from unittest.mock import MagicMock

import pytest
from pydantic import SecretStr

from hub.api import Throttled, Unreachable
from plugins.sms import window
from plugins.sms.cmpp import pdu
from plugins.sms.cmpp.session import Session as CmppSession
from plugins.sms.cmpp.settings import CmppSettings
from plugins.sms.smpp.pdu import Command, write
from plugins.sms.smpp.session import Session as SmppSession
from plugins.sms.smpp.settings import SmppSettings

Line = tuple[MagicMock, Callable[[], Awaitable[str]]]


def cmpp() -> Line:
    settings = CmppSettings(host="127.0.0.1", sp_id="901234", password=SecretStr("x"), window=1)
    writer = MagicMock()
    session = CmppSession(asyncio.StreamReader(), writer, settings)
    return writer, lambda: session.submit(pdu.Submit("10690001", "13800138000", b"x", 0))


def smpp() -> Line:
    settings = SmppSettings(host="127.0.0.1", system_id="x", window=1)
    writer = MagicMock()
    session = SmppSession(asyncio.StreamReader(), writer, settings)
    return writer, lambda: session.submit(write(Command.SUBMIT_SM, 0))


@pytest.mark.parametrize("line", [cmpp, smpp])
async def test_a_full_window_is_not_waited_for_until_all_is_cut_off(
    line: Callable[[], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "TURN_WITHIN", 0.01)
    writer, submit = line()
    writer.transport.is_closing.return_value = False
    both = [asyncio.ensure_future(submit()) for _ in range(2)]
    (late,), (before,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    assert isinstance(late.exception(), Throttled)
    assert writer.write.call_count == 1, "only what had a place"
    before.cancel()
    await asyncio.gather(before, return_exceptions=True)
    writer.transport.is_closing.return_value = True
    with pytest.raises(Unreachable):  # its place is free again, as far as the line goes
        await submit()
