"""Every command a channel of calls may be given, about a call it has never heard of."""

from collections.abc import Awaitable, Iterator

from hub.api import AnyAccount, CallChannel, Inviting, Monitoring, Placing, Ringing, Signal

THREAD, LEG, OTHER = "no-such-call", "offer:1", "party:1"


def commands(channel: CallChannel, account: AnyAccount) -> Iterator[tuple[str, Awaitable[object]]]:
    """Their names, and the calls themselves: each is to be awaited."""
    yield "ring", channel.ring(account, Ringing(LEG, THREAD, 1, None, 30.0))
    yield "release", channel.release(account, THREAD, LEG, "test")
    yield "bridge", channel.bridge(account, THREAD, [LEG])
    yield "consult", channel.consult(account, THREAD, [LEG], [OTHER])
    yield "hold", channel.hold(account, THREAD)
    yield "resume", channel.resume(account, THREAD)
    yield "waiting", channel.waiting(account, THREAD)
    yield "invite", channel.invite(account, Inviting(OTHER, THREAD, account.address, "", 30.0))
    yield "monitor", channel.monitor(account, THREAD, OTHER, LEG, Monitoring.WHISPER)
    yield "mute", channel.mute(account, THREAD, LEG, True)
    yield "record", channel.record(account, THREAD, False)
    yield "transfer_out", channel.transfer_out(account, THREAD, account.address)
    yield "place", channel.place(account, Placing(LEG, THREAD, 1, account.address, "", 30.0))
    yield "keys", channel.signal(account, Signal(THREAD, "keys", {"keys": "1"}))
    yield "end", channel.end(account, THREAD, "test")
