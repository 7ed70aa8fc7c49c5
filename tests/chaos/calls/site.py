"""One number, queue and agents of its own for each state a call can be in, so that none of them disturbs another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.chaos.site import PASSWORD


class CallState(StrEnum):
    """Where a call stands when something goes wrong."""

    RINGING_IN = "RINGING_IN"
    GREETED = "GREETED"
    COLLECTING = "COLLECTING"
    VOICEMAIL = "VOICEMAIL"
    WAITING = "WAITING"
    AGENT_RINGING = "AGENT_RINGING"
    TALKING = "TALKING"
    ON_HOLD = "ON_HOLD"
    CONSULTING = "CONSULTING"
    CONFERENCED = "CONFERENCED"
    TRANSFERRING = "TRANSFERRING"
    WRAP_UP = "WRAP_UP"
    DIALLING_OUT = "DIALLING_OUT"
    RINGING_OUT = "RINGING_OUT"

    @property
    def number(self) -> str:
        """Of the site, for calls that get into this state."""
        return f"+86105888{1000 + list(CallState).index(self)}"

    @property
    def agents(self) -> list[str]:
        """Logins of those who take part."""
        return [f"{self.lower()}{number}" for number in range(_AGENTS.get(self, 0))]


S = CallState
_AGENTS: Final = {
    S.AGENT_RINGING: 1, S.TALKING: 1, S.ON_HOLD: 1, S.CONSULTING: 2, S.CONFERENCED: 2, S.TRANSFERRING: 1, S.WRAP_UP: 1,
    S.DIALLING_OUT: 1, S.RINGING_OUT: 1,
}  # fmt: skip
OUTWARD: Final = {S.TRANSFERRING: 180, S.DIALLING_OUT: 100, S.RINGING_OUT: 180}
"""Those with somebody in the world outside, and how far that one's telephone gets."""
OUTSIDE: Final = "+8613900001111"
WRAP_UP_SECONDS: Final = 6
OFFER_SECONDS: Final = 12

HEAD = """
[site]
name = "Calls"
plugins = ["sip", "self_service", "tts"]

[plugins.sip]
silence_seconds = {silence}

[plugins.self_service]
folder = "{folder}"

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = {port}, registrar = true, peers = ["127.0.0.1"] }}
"""
WAY_OUT = """
[[connections]]
name = "{state}"
channel = "sip"
[connections.settings]
listen_port = {port}
peers = ["127.0.0.1"]
proxies = ["127.0.0.1:{proxy}"]
prefixes = ["+86139"]
"""
NUMBER = """
[[queues]]
key = "{key}"
name = "{state}"
offer_seconds = {offer_seconds}
wrap_up_seconds = {wrap_up}
routing = {{ missed_calls = false }}

[[accounts]]
name = "{state}"
channel = "sip"
connection = "{connection}"
address = "tel:{number}"
queue = "{key}"
flow = "{flow}"
[accounts.settings]
record = true
"""
USER = """
[[users]]
login = "{login}"
name = "{login}"
password = "{password}"
roles = ["{role}"]
queues = [{queues}]
"""
FLOWS: Final[Mapping[CallState, str]] = {
    S.GREETED: "do: menu, say: {en: Press one}, timeout: 300, otherwise: bye, choices: [{key: 1, label: One, go: bye}]",
    S.COLLECTING: "do: collect, say: {en: A number}, timeout: 300, into: code, digits: '9', next: bye, otherwise: bye",
    S.VOICEMAIL: "do: record, say: {en: Speak}, timeout: 300, into: said, seconds: 300, next: bye, otherwise: bye",
}


def write(
    folder: Path, port: int, states: Collection[CallState], proxies: Mapping[CallState, int], silence: float
) -> None:
    """Put the site file and the flows into the folder the hub is started in. `proxies` are ports of the outside world;
    `silence` is for how many seconds nothing may be heard of anybody."""
    flows = folder / "flows"
    flows.mkdir()
    for state, node in FLOWS.items():
        script = (
            f"flow: {state.lower()}\nlanguages: [en]\nstart: ask\n"
            f"nodes:\n  ask: {{ {node} }}\n  bye: {{ do: end, say: {{en: Bye}} }}\n"
        )
        (flows / f"{state.lower()}.yaml").write_text(script, encoding="utf-8")
    text = HEAD.format(silence=silence, folder=flows, port=port)
    text += "".join(WAY_OUT.format(state=state, port=port, proxy=proxy) for state, proxy in proxies.items())
    text += "".join(map(_number, states)) + _user("admin", "admin", "")
    text += "".join(_user(login, "agent", f'"{state.lower()}"') for state in states for login in state.agents)
    (folder / "hub.toml").write_text(text, encoding="utf-8")


def _number(state: CallState) -> str:
    return NUMBER.format(
        key=state.lower(),
        state=state,
        number=state.number,
        connection=state if state in OUTWARD else "Trunk",
        flow=state.lower() if state in FLOWS else "",
        wrap_up=WRAP_UP_SECONDS if state is S.WRAP_UP else 0,
        offer_seconds=OFFER_SECONDS if state is S.AGENT_RINGING else 60,
    )


def _user(login: str, role: str, queues: str) -> str:
    return USER.format(login=login, role=role, queues=queues, password=PASSWORD)
