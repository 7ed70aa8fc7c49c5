"""The scenarios of another project's test suite (siphon-sip, MIT) against a running hub: sipp's own verdict on each.

Those of a caller go to a number of the hub, those of one who is called are an agent's phone; a pair is one call through
the queue. What is not run is in the table, with the reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from hub.pipeline import presence
from hub.plugin.site_model import SiteFile
from hub.store.tables import accounts, users
from plugins.sip.lines.line import Line
from plugins.sip.phones.phones import Binding
from plugins.sip.wire.digest import Secret
from tests.support.ports import free_port
from tests.voice.house import PASSWORD, VoiceHouse
from tests.voice.sipp import Sipp

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "sipp-siphon"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.peer,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpora (../shared/corpus) are not here"),
]

RELIABLE: Final = {"Supported: 100rel": "Require: 100rel", 'response="183"': 'response="180"'}
RINGS: Final = {
    "User-Agent: SIPp/cancel-test\nContent-Type": "Require: 100rel\nContent-Type",
    # sipp 3.6 wants to know what it waits for before a pause, and before it sends
    '<recv response="180" optional="true" />': '<recv response="180" />',
    '<recv response="487" optional="true" />': '<recv response="487" />',
    '<pause milliseconds="500" />': '<pause milliseconds="200" />',  # our ringing is repeated after half a second
}
LONGER: Final = {'<pause milliseconds="1000" />': '<pause milliseconds="3000" />'}
"""The hub is no proxy that hands a call on at once: it is offered to an agent first."""

MUCH_LONGER: Final = {'<pause milliseconds="1000" />': '<pause milliseconds="6000" />'}

ALONE: Final[Mapping[str, Mapping[str, str]]] = {
    "options": {},
    "register": {},
    "ack_non2xx": {},
    "max_forwards_uac": {},
    "cancel_uac": RINGS,  # we answer at once, unless our ringing has to be acknowledged first
}
PAIRS: Final[Sequence[tuple[str, str, Mapping[str, str]]]] = (
    ("invite_uac", "invite_uas", LONGER),
    ("invite_uac", "b2bua_early_media_uas", LONGER),
    ("invite_uac", "b2bua_failure_uas", LONGER),
    ("invite_uac", "reject_uas", LONGER),
    ("prack_uac", "prack_uas", RELIABLE | {'<pause milliseconds="100" />': '<pause milliseconds="3000" />'}),
    ("reinvite_uac", "invite_uas", {'<pause milliseconds="300" />': '<pause milliseconds="1500" />'}),
    ("b2bua_session_timer_uac", "b2bua_session_timer_uas", LONGER),
    ("b2bua_update_uac", "invite_uas", {'<pause milliseconds="500" />': '<pause milliseconds="1500" />'}),
    ("b2bua_bye_glare_uac", "b2bua_bye_glare_uas", {}),
)
NOBODY, TALKS, COLLEAGUE = range(len(PAIRS), len(PAIRS) + 3)
"""Further agents: with a phone alone; in a call, about which they call a colleague (`invite_auth`); that colleague."""
NOT_RUN: Final[Mapping[str, str]] = {
    "deregister": "run after `register`, on its own",
    "message": "no MESSAGE: written words have channels of their own (405)",
    "reject_uac": "a proxy's script refuses a call for its early media; the hub has no such rule",
    "b2bua_early_media_uac": "requires early media before an answer: calls are answered at once, and then they hear us",
    "b2bua_failure_uac": "requires the agent's 486 to reach the caller: who is refused by an agent waits for another",
    "b2bua_refer_uac": "a caller moves no calls of the hub's: 603",
    "b2bua_refer_uas": "REFER is not passed on: the hub does what it asks, or does not",
    "b2bua_reinvite_reject_uac": "requires a hold to be refused with 488: it is taken",
    "b2bua_reinvite_reject_uas": "re-INVITEs are not passed on: audio is anchored here",
    "reinvite_uas": "as b2bua_reinvite_reject_uas",
    "b2bua_update_uas": "UPDATE is not passed on; our own come after half of 90 s",
}


class Board(VoiceHouse):
    """A number, a queue and an agent for each pair: their calls cannot meet."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        file: dict[str, Any] = self.file.model_dump()
        keys = range(COLLEAGUE + 1)
        file["queues"] = [{"key": f"q{key}", "name": f"Q {key}"} for key in keys]
        file["users"] = [{"login": f"agent{key}", "name": f"Agent {key}", "queues": [f"q{key}"]} for key in keys]
        number = {"channel": "sip", "connection": "Trunk"}
        file["accounts"] = [
            {**number, "name": f"Number {key}", "address": f"tel:{number_of(key)}", "queue": f"q{key}"} for key in keys
        ]
        self.file = SiteFile.model_validate(file)


def number_of(key: int) -> str:
    return f"+86105888{key:04}"


@dataclass(frozen=True)
class Bench:
    """A hub and a folder: runs scenarios, as they are or with words changed."""

    house: VoiceHouse
    folder: Path

    async def run(self, name: str, key: int, changed: Mapping[str, str], *more: str) -> str:
        """sipp's verdict, "" when all went as written; otherwise what was said."""
        folder = self.folder / f"{name}-{key}"
        await asyncio.to_thread(folder.mkdir)
        scenario = await asyncio.to_thread(prepared, folder, name, key, changed)
        media = str(free_port())
        async with Sipp(folder, scenario, self.house.port, "-mp", media, *more) as sipp:
            return "" if await sipp.verdict() == 0 else f"{name} {key}\n{sipp.wire}"

    async def pair(self, key: int, caller: str, called: str, changed: Mapping[str, str]) -> list[str]:
        """A call to this number, which its agent's phone gets."""
        port = free_port()
        await self._phone(key, port)
        async with asyncio.TaskGroup() as tasks:
            theirs = tasks.create_task(self.run(called, key, {}, "-p", str(port)))
            await asyncio.sleep(0.3)  # until it listens, which it does not tell
            ours = tasks.create_task(self.run(caller, key, changed, "-s", number_of(key)))
        return [theirs.result(), ours.result()]

    async def consults(self) -> list[str]:
        """A phone with a call logs in to call a colleague, whom the scenario would have be itself."""
        port, rings = free_port(), '<recv response="100" optional="true" />'
        await self._phone(COLLEAGUE, port)
        named = f"sip:agent{COLLEAGUE}@[remote_ip]"
        to = {
            "INVITE sip:[service]@[remote_ip]": f"INVITE {named}",
            "To: <sip:[service]@[remote_ip]>": f"To: <{named}>",
        }
        changed = {**to, rings: f"{rings}\n  {rings.replace('100', '180')}"}
        log_in = ("-s", f"agent{TALKS}", "-au", f"agent{TALKS}", "-ap", PASSWORD)
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(self.pair(TALKS, "invite_uac", "invite_uas", MUCH_LONGER))
            theirs = tasks.create_task(self.run("invite_uas", COLLEAGUE, {}, "-p", str(port)))
            await self._talks()
            ours = tasks.create_task(self.run("invite_auth", TALKS, changed, *log_in))
        return [*call.result(), theirs.result(), ours.result()]

    async def _talks(self) -> None:
        """The agent who talks does."""
        [account] = [row["id"] for row in await self.house.rows(accounts) if row["name"] == f"Number {TALKS}"]
        async with asyncio.timeout(20):
            while not any(line.account.id == account and line.arrangement.talking for line in self._lines()):  # noqa: ASYNC110 - from outside
                await asyncio.sleep(0.05)

    def _lines(self) -> list[Line]:
        return list(self.house.telephones.lines.values())

    async def _phone(self, key: int, port: int) -> None:
        [user] = [row["id"] for row in await self.house.rows(users) if row["login"] == f"agent{key}"]
        phones, name = self.house.telephones.phones, f"agent{key}"
        await phones.set(user, Secret.of(name, "hub", PASSWORD), "")
        contact = f"sip:bob@127.0.0.1:{port}"
        binding = Binding(name, contact, "UDP", "127.0.0.1", port, "r", 1, "sipp", int(time.time()) + 600)
        await phones.bind(name, [binding], [], time.time())
        await self.house.store.write(lambda tx: presence.choose(tx, user, "READY"))


def prepared(folder: Path, name: str, key: int, changed: Mapping[str, str]) -> Path:
    """A copy, with our names for "bob" and "alice" as who is called and who calls, and these words changed."""
    text = (CORPUS / f"{name}.xml").read_text()
    names = {"sip:bob@[remote_ip]": f"sip:{number_of(key)}@[remote_ip]", "sip:alice@": "sip:+8613800138000@"}
    for word, other in {**names, **changed}.items():
        assert word in text or word in names, f"{name} has no {word}"
        text = text.replace(word, other)
    (folder / f"{name}.xml").write_text(text)
    return folder / f"{name}.xml"


@pytest.fixture
async def bench(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with Board(sqlite_url, tmp_path) as running:
        yield Bench(running, tmp_path)


def test_every_scenario_is_run_or_has_a_reason() -> None:
    ran = {*ALONE, "invite_auth", *(name for caller, called, _ in PAIRS for name in (caller, called))}
    assert {path.stem for path in CORPUS.glob("*.xml")} == ran | set(NOT_RUN)
    assert not ran & set(NOT_RUN)


async def test_another_project_s_scenarios_go_as_written(bench: Bench) -> None:
    await bench._phone(NOBODY, free_port())
    log_in = ("-s", f"agent{NOBODY}", "-au", f"agent{NOBODY}", "-ap", PASSWORD)
    assert [await bench.run(name, NOBODY, {}, *log_in) for name in ("register", "deregister")] == ["", ""]
    async with asyncio.TaskGroup() as tasks:
        alone = [
            tasks.create_task(bench.run(name, 100 + key if name != "cancel_uac" else NOBODY, changed, *log_in))
            for key, (name, changed) in enumerate(ALONE.items())
            if name != "register"
        ]
        consults = tasks.create_task(bench.consults())
        pairs = [tasks.create_task(bench.pair(key, *pair)) for key, pair in enumerate(PAIRS)]
    wrong = consults.result() + [task.result() for task in alone] + [said for task in pairs for said in task.result()]
    assert [said for said in wrong if said] == []
    await bench.house.quiet()
