"""The machine to try with: each fax stands in its own entry, however it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from plugins.fax.machine.machine import Machine
from plugins.fax.terminal.process import FaxError


@pytest.mark.parametrize(("fails", "code"), [(FaxError("none"), "NO_MACHINE"), (OSError("full"), "INTERRUPTED")])
async def test_a_fax_that_fails_ends_its_own_entry(fails: Exception, code: str, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def open_session(job: Any) -> None:
        if job.calling:
            await begun.wait()
            raise fails
        begun.set()
        await asyncio.Event().wait()

    machine = Machine("+861058880009", tmp_path)
    terminals: Any = SimpleNamespace(open=open_session)
    machine._terminals = terminals
    older, newer = machine.send("+861058880001", b"II"), machine.fetch("+861058880001")
    tasks = list(machine._tasks)
    assert (await machine.ended(older)).code == code
    assert (newer.code, newer.over) == ("", False)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert newer.over
