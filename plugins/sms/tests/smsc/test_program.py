"""`hub sms smsc` as its users have it: a process that speaks SMPP on one side and is worked by HTTP on the other."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import smpp34

from plugins.sms import smsc
from plugins.sms.smsc.command import START
from tests.support.ports import free_port

pytestmark = pytest.mark.slow
PATIENCE = 20.0


async def test_handsets_text_whoever_binds_and_get_what_it_submits(tmp_path: Path) -> None:
    port, ledger = free_port(), tmp_path / "texts.jsonl"
    words = [str(Path(smsc.__file__).parent.parent), "--port", str(port), "--ledger", str(ledger), "--with-stdin"]
    program = await asyncio.create_subprocess_exec(sys.executable, "-c", START, *words, stdin=-1, stdout=-1)
    assert program.stdin and program.stdout
    async with asyncio.timeout(PATIENCE):
        control = json.loads(await program.stdout.readline())["control"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{control}", timeout=30, trust_env=False) as http:
            bound = await smpp34.Client("127.0.0.1", port, "hub", "word", bind_type="TRX").connect()
            heard = asyncio.create_task(_heard(bound, 2))
            sent = await http.post("/handsets/+8613800138000/texts", json={"to": "+861065", "text": "您好" * 40})
            assert sent.status_code == 201
            pieces = [each.short_message for each in await heard]
            assert [piece[:6] for piece in pieces] == [b"\5\0\3\1\2\1", b"\5\0\3\1\2\2"]
            assert b"".join(piece[6:] for piece in pieces).decode("utf-16-be") == "您好" * 40

            await _submit(bound, "8613800138000", "【公司】好的")
            assert b"stat:DELIVRD" in (await _heard(bound, 1))[0].short_message
            assert (await http.put("/handsets/13900139000", json={"on": False})).status_code == 200
            await _submit(bound, "13900139000", "nobody")
            assert b"stat:UNDELIV" in (await _heard(bound, 1))[0].short_message

            told = await _texts(http, "+86 138 0013 8000")
            assert [(each["own"], each["text"], each["parts"], each["state"]) for each in told] == [
                (True, "您好" * 40, 2, "SENT"),
                (False, "【公司】好的", 1, "RECEIVED"),
            ]
            assert await _texts(http, "13900139000") == []
            assert (await http.post("/handsets/1/texts", content=b"{")).status_code == 400
            await bound.unbind()
        program.stdin.close()
        assert await program.wait() == 0
    assert ledger.stat().st_mode & 0o777 == 0o600


async def _submit(bound: smpp34.Smsc, to: str, text: str) -> None:
    taken = await bound.submit_sm(
        to, text.encode("utf-16-be"), source_addr="861065", data_coding=8, registered_delivery=1
    )
    assert taken.is_success and taken.message_id


async def _heard(bound: smpp34.Smsc, count: int) -> list[smpp34.DeliverSmEvent]:
    events = [await bound.next() for _ in range(count)]
    return [event for event in events if isinstance(event, smpp34.DeliverSmEvent)]


async def _texts(http: httpx.AsyncClient, handset: str) -> list[dict[str, Any]]:
    answer = await http.get(f"/handsets/{handset}/texts")
    return list(answer.json()["items"])
