"""RFC 3261 §17 by its figures: what each machine sends when, on a clock of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Request, Response

from plugins.sip.transaction.client import Client
from plugins.sip.transaction.invite_client import InviteClient
from plugins.sip.transaction.invite_server import InviteServer
from plugins.sip.transaction.machine import Deliver, Effect, Failed, Machine, State, Transmit
from plugins.sip.transaction.server import Server
from plugins.sip.wire.message import read, response


def request(method: str = "INVITE") -> Request:
    lines = (
        f"{method} sip:desk@hub.test SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "Max-Forwards: 70",
        "From: <sip:a@h>;tag=1", "To: <sip:b@h>", "Call-ID: c1", f"CSeq: 1 {method}", "Content-Length: 0", "", "",
    )  # fmt: skip
    message = read("\r\n".join(lines).encode())
    assert isinstance(message, Request)
    return message


def answer(code: int, method: str = "INVITE") -> Response:
    return response(request(method), code, "Because", tag="2")


def run(machine: Machine, until: float) -> list[tuple[float, Effect]]:
    """Everything that happens by itself up to then."""
    seen: list[tuple[float, Effect]] = []
    while machine.due is not None and machine.due <= until:
        at = machine.due
        seen += [(at, effect) for effect in machine.tick(at)]
    return seen


def sent_at(effects: list[tuple[float, Effect]]) -> list[float]:
    return [at for at, effect in effects if isinstance(effect, Transmit)]


def test_an_invite_is_repeated_at_doubling_pauses_and_given_up_after_32_s() -> None:
    machine = InviteClient(request(), reliable=False)
    machine.begin(0)
    seen = run(machine, 60)
    assert sent_at(seen) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert seen[-1] == (32.0, Failed("no response")) and machine.over


def test_on_a_stream_nothing_is_repeated() -> None:
    for machine in (InviteClient(request(), reliable=True), Client(request("BYE"), reliable=True)):
        machine.begin(0)
        assert run(machine, 60) == [(32.0, Failed("no response"))]


def test_ringing_stops_the_repeats_for_good() -> None:
    machine = InviteClient(request(), reliable=False)
    machine.begin(0)
    machine.receive(answer(180), 0.1)
    assert run(machine, 500) == [] and machine.state is State.PROCEEDING


def test_each_repeat_of_a_refusal_is_acknowledged_and_told_once() -> None:
    machine = InviteClient(request(), reliable=False)
    machine.begin(0)
    first, again = machine.receive(answer(486), 1), machine.receive(answer(486), 2)
    assert [type(effect) for effect in first] == [Transmit, Deliver] and [type(effect) for effect in again] == [
        Transmit
    ]
    assert isinstance(first[0], Transmit) and isinstance(first[0].message, Request)
    assert first[0].message.headers["To"] == "<sip:b@h>;tag=2" and first[0].message.cseq.method == "ACK"
    run(machine, 34)
    assert machine.over


def test_every_2xx_is_passed_on_for_32_s() -> None:
    machine = InviteClient(request(), reliable=False)
    machine.begin(0)
    assert [type(e) for e in machine.receive(answer(200), 1) + machine.receive(answer(200), 2)] == [Deliver, Deliver]
    run(machine, 33)
    assert machine.over


def test_a_request_is_repeated_up_to_every_4_s() -> None:
    machine = Client(request("BYE"), reliable=False)
    machine.begin(0)
    assert sent_at(run(machine, 20)) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5]
    assert [type(effect) for effect in machine.receive(answer(200, "BYE"), 20)] == [Deliver]
    assert machine.receive(answer(200, "BYE"), 21) == []
    run(machine, 25)
    assert machine.over


def test_a_refusal_is_repeated_until_its_ack() -> None:
    machine = InviteServer(request(), reliable=False)
    machine.begin(0)
    machine.respond(answer(486), 0)
    assert sent_at(run(machine, 8)) == [0.5, 1.5, 3.5, 7.5]
    machine.receive(request("ACK"), 8)
    assert sent_at(run(machine, 12)) == [] and machine.state is State.CONFIRMED
    run(machine, 13)
    assert machine.over


def test_a_refusal_nobody_acknowledges_fails_after_32_s() -> None:
    machine = InviteServer(request(), reliable=True)
    machine.respond(answer(486), 0)
    assert run(machine, 32) == [(32.0, Failed("no ACK"))]


def test_a_200_is_repeated_until_acknowledged() -> None:
    machine = InviteServer(request(), reliable=True)
    machine.respond(answer(200), 0)
    assert sent_at(run(machine, 12)) == [0.5, 1.5, 3.5, 7.5, 11.5]
    machine.acknowledged()
    assert run(machine, 60) == [] and machine.over


def test_a_200_nobody_acknowledges_fails() -> None:
    machine = InviteServer(request(), reliable=True)
    machine.respond(answer(200), 0)
    assert run(machine, 60)[-1] == (32.0, Failed("no ACK"))


def test_a_repeated_request_gets_the_same_answer_and_is_told_once() -> None:
    machine = Server(request("OPTIONS"), reliable=False)
    assert machine.receive(request("OPTIONS"), 0) == []
    machine.respond(answer(200, "OPTIONS"), 1)
    assert [type(effect) for effect in machine.receive(request("OPTIONS"), 2)] == [Transmit]
    assert machine.respond(answer(500, "OPTIONS"), 3) == []
    run(machine, 33)
    assert machine.over


STEPS = st.one_of(st.sampled_from([100, 180, 200, 202, 302, 486, 503, 603]), st.floats(0, 40))


@pytest.mark.parametrize("kind", [InviteClient, Client])
@given(reliable=st.booleans(), steps=st.lists(STEPS, max_size=12))
def test_whatever_comes_a_client_ends_by_itself_and_tells_one_end(
    kind: type[InviteClient | Client], reliable: bool, steps: list[float]
) -> None:
    machine, now, told = kind(request(), reliable), 0.0, []
    machine.begin(now)
    for step in steps:
        if isinstance(step, int):
            told += machine.receive(answer(step), now)
        else:
            now += step
            told += [effect for _, effect in run(machine, now)]
    told += machine.receive(answer(500), now)
    told += [effect for _, effect in run(machine, now + 100)]
    ends = [e for e in told if isinstance(e, Failed) or (isinstance(e, Deliver) and _refuses(e))]
    assert machine.over and len(ends) <= 1 and machine.due is None


def _refuses(effect: Deliver) -> bool:
    return isinstance(effect.message, Response) and effect.message.code >= 300
