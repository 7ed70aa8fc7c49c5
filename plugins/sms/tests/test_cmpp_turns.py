"""A gateway that answers slowly: what finds no place in the window in time is not handed over, and so not in doubt."""

from __future__ import annotations

import asyncio
from unittest.mock import MagicMock

import pytest
from pydantic import SecretStr

from hub.api import Throttled
from plugins.sms.cmpp import pdu, session
from plugins.sms.cmpp.settings import CmppSettings


async def test_a_full_window_is_not_waited_for_until_all_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "TURN_WITHIN", 0.01)
    settings = CmppSettings(host="127.0.0.1", sp_id="901234", password=SecretStr("x"), window=1)
    writer = MagicMock()
    writer.transport.is_closing.return_value = False
    line = session.Session(asyncio.StreamReader(), writer, settings)
    text = pdu.Submit("10690001", "13800138000", b"x", 0)
    both = [asyncio.create_task(line.submit(text)) for _ in range(2)]
    (late,), (before,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    assert isinstance(late.exception(), Throttled)
    assert writer.write.call_count == 1 and line.busy == 1
    before.cancel()
    await asyncio.gather(before, return_exceptions=True)
