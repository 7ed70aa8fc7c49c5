"""Who has died beside us is known to be dead at once, and what it had accepted is read before anything newer."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import Any, cast

from hub.pipeline import lives
from hub.pipeline.intake import Intake
from hub.pipeline.node import NODE, Membership
from hub.store import timers
from hub.store.database import Store
from tests.crash.test_forgotten_inputs import NOBODY, store_inputs


def neighbour() -> str:
    """The name of a process that lived here and has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    place, _, token = lives.name().split("/")
    return f"{place}/{process.pid}/{token}"


def test_only_a_process_that_lived_here_is_known_to_have_ended() -> None:
    dead = neighbour()
    elsewhere = f"another-host-1-2/{dead.split('/')[1]}/0"
    assert lives.ended([dead, lives.name(), elsewhere, "nobody", ""]) == [dead]
    assert len(f"{NODE}{lives.name()}") <= 80, "it must fit its column"


async def test_what_a_dead_neighbour_had_accepted_is_taken_over_before_its_lease_has_run_out(store: Store) -> None:
    dead, living = neighbour(), "another-host-1-2/1/0"
    for holder in (dead, living):
        await store.write(partial(timers.hold, name=f"{NODE}{holder}", holder=holder, seconds=60))
    await store.write(lambda tx: store_inputs(tx, [dead, living]))
    intake = Intake(store, NOBODY, NOBODY, NOBODY)  # its lanes stand still
    await Membership(store, intake, cast("Any", _Sender()), NOBODY).beat()
    assert intake.waiting() == 1


class _Sender:
    async def recover(self, living: list[str]) -> None:
        assert "another-host-1-2/1/0" in living
