"""A visitor who stays away has left, and one who only reloads the page has not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plugins.web_chat.tests.conftest import Enter
from plugins.web_chat.tests.house import FakeSocket, House


async def begin(house: House, enter: Enter) -> tuple[FakeSocket, str]:
    socket = await enter(house)
    socket.say({"type": "message", "id": "a1", "text": "Hello"})
    await socket.until(lambda: "Hello" in socket.shown)
    socket.say({"type": "ping"})
    await socket.hears("pong")
    return socket, house.threads[0]


async def ring(house: House) -> None:
    """The timer is due."""
    timer = house.timers.pop()
    await house.desk.away.due(timer.payload)


async def test_who_is_still_here_is_looked_at_again_later(house: House, enter: Enter) -> None:
    await begin(house, enter)
    await ring(house)
    assert not house.closed
    assert house.timers[0].at > datetime.now(UTC) + timedelta(seconds=290)


async def test_who_has_gone_is_asked_for_on_every_node_before_the_conversation_ends(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    await socket.go()
    async with house.subscribe("news") as news:
        await ring(house)
        assert await anext(news) == {"thread": thread, "asked": True}
    assert not house.closed
    assert house.timers[0].at < datetime.now(UTC) + timedelta(seconds=11)
    await ring(house)
    assert [(each[1], each[2]) for each in house.closed] == [(thread, "visitor_left")]


async def test_who_came_back_meanwhile_is_not_thrown_out(house: House, enter: Enter) -> None:
    socket, _ = await begin(house, enter)
    await socket.go()
    await ring(house)
    await enter(house, token=socket.of("welcome")[0]["token"])
    await ring(house)
    assert not house.closed


async def test_who_is_on_another_node_is_not_thrown_out(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    await house.desk.hear({"thread": thread, "asked": True})
    assert house.timers[-1].payload["asked"] is False
    assert house.timers[-1].at > datetime.now(UTC) + timedelta(seconds=290)
    assert socket.closed is None


async def test_nobody_is_waited_for_when_it_is_over(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    house.change(thread, state="CLOSED")
    await socket.until(lambda: socket.of("state") and socket.of("state")[-1]["over"])
    await ring(house)
    assert not house.timers
