"""The contract of a channel that carries calls: the customer's leg, agents' legs, and who hears whom.

The core decides and the channel does. A call has one leg of the customer, named by its `thread` alone, and any number
of agents' legs, each named by a string the core gives (`Ringing.leg`). What happens to them comes back as `LegFact`:

| fact                  | leg "", the customer's                 | an agent's leg                                |
|-----------------------|----------------------------------------|-----------------------------------------------|
| RINGING               | a placed call rings there              | the device rings                              |
| ANSWERED              | a placed call is answered              | it was picked up: the offer is taken          |
| HELD, RESUMED         | somebody put the call on hold, or back | the same, by the agent's own device           |
| CONSULTING            | –                                      | the device called `colleague` about the call  |
| RETURNED              | –                                      | and has done with it: the customer is theirs  |
| PASSED_ON             | –                                      | it passed it on to `colleague`, or a `queue`  |
| RECORDING             | what they say and hear is recorded now | –                                             |
| RECORDING_PAUSED      | and now silence is                     | –                                             |
| ENDED, with a `cause` | the call is over                       | not taken (see `Cause`), or the agent hung up |

Who is in a call without being its agent (a number outside, a supervisor) has a leg like an agent's: its name comes from
the core, and RINGING, ANSWERED and ENDED are told of it.

Every command may come twice, and may come after what it is about has ended: then it does nothing. Commands for one call
come one after another, on the node that holds the account's connection, and never from inside a database transaction.
A channel that cannot do what it is asked raises a SendError.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from hub.api.channel import AnyAccount, LiveChannel
from hub.api.messages import Address


class Cause(StrEnum):
    """Why a leg ended, as `LegFact.cause` says; the core decides by these and keeps any other word as it is.

    HUNG_UP        they hung up, after it was answered
    REJECTED       they refused it
    BUSY           they are in another call
    NO_ANSWER      it rang, and nobody came
    UNREACHABLE    no device of theirs could be reached; nobody has such a number
    FAILED         the network or the media broke down
    TRANSFERRED    the far side passed the call on
    """

    HUNG_UP = "HUNG_UP"
    REJECTED = "REJECTED"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    UNREACHABLE = "UNREACHABLE"
    FAILED = "FAILED"
    TRANSFERRED = "TRANSFERRED"


@dataclass(frozen=True, slots=True)
class Ringing:
    """An agent's device is to ring. `leg` names this leg in facts and commands and is the idempotency key: the same one
    again never makes a second device ring.

    caller       whom the device shows; None when withheld
    seconds      how long it may ring
    auto_answer  nobody is asked: where the device can, it answers by itself
    """

    leg: str
    thread: str
    user_id: int
    caller: Address | None
    seconds: float
    auto_answer: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """A call the hub makes: first the agent's device rings as leg `leg`; when it is answered, `to` is called, and is
    from then on the customer's leg of `thread`. `caller` is the number to show, one of the account's; "" its usual."""

    leg: str
    thread: str
    user_id: int
    to: Address
    caller: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Inviting:
    """A number outside that is to be in the call as leg `leg`; `caller` is the number to show, "" the account's usual
    one. Its device is not an agent's: it may hang up, and nothing else that it asks for is done."""

    leg: str
    thread: str
    to: Address
    caller: str
    seconds: float


class Monitoring(StrEnum):
    """How a supervisor is in a call.

    LISTEN   they hear everybody, nobody hears them
    WHISPER  one agent hears them, too
    BARGE    everybody hears them
    """

    LISTEN = "LISTEN"
    WHISPER = "WHISPER"
    BARGE = "BARGE"


@dataclass(frozen=True, slots=True)
class Device:
    """Something of an agent's that rings: a registered phone, an outside number. `name` is shown to them."""

    name: str
    reachable: bool
    detail: str = ""


@runtime_checkable
class CallChannel(LiveChannel, Protocol):
    """A channel of calls; its capabilities say `calls`. An account that carries calls has a connection.

    ring          have the agent's devices ring. Unreachable, Misconfigured: none can; the work goes to somebody else
    release       end this agent's leg, whether it rings or talks; the customer stays
    bridge        the customer and these agents' legs hear each other, as soon as they are up; no other leg does. None:
                  self-service has a customer who waited, no music any more
    consult       these agents' legs hear each other; the customer hears, and is heard by, the others (legs that are in
                  the call, too), and is held where there are none
    hold, resume  the customer is held (music), and talks again with whom they talked
    waiting       the customer waits for an agent (again): music, announcements (place and time: `Context.conversation`)
    invite        call a number outside and have it in the call: in `bridge`, its leg is one of the legs
    monitor       a supervisor's leg, which `ring` had ring, hears who is in the call, in this mode; WHISPER: this
                  agent's leg hears them. Again with another mode: that holds from now on. In a `bridge`, it is a
                  leg like any other from then on, and hears and is heard no more otherwise
    mute          nobody hears this leg, or everybody again
    record        record from now on what the customer says and hears, whatever the account says; off: silence is
                  recorded until it is on again, and nothing where nothing was
    transfer_out  pass the customer on to an outside address; returns when they have been taken there, raises when not.
                  It is cancelled when the agent wants them back, or one of them hangs up: then it rings there no more.
                  Where that was invited and talks, it is not called again: the two stay together
    place         make a call (click-to-call); the veto hooks have been asked
    devices       what of this user's can ring now; asked on any node
    alive         the calls of this account that have a customer's leg here, or are dialling one: thread → the agents'
                  legs that ring or talk. The core compares it with its record, so that neither keeps what has ended
    """

    async def ring(self, account: AnyAccount, ringing: Ringing) -> None: ...

    async def release(self, account: AnyAccount, thread: str, leg: str, reason: str) -> None: ...

    async def bridge(self, account: AnyAccount, thread: str, legs: Sequence[str]) -> None: ...

    async def consult(self, account: AnyAccount, thread: str, legs: Sequence[str], others: Sequence[str]) -> None: ...

    async def hold(self, account: AnyAccount, thread: str) -> None: ...

    async def resume(self, account: AnyAccount, thread: str) -> None: ...

    async def waiting(self, account: AnyAccount, thread: str) -> None: ...

    async def invite(self, account: AnyAccount, inviting: Inviting) -> None: ...

    async def monitor(self, account: AnyAccount, thread: str, leg: str, whom: str, mode: Monitoring) -> None: ...

    async def mute(self, account: AnyAccount, thread: str, leg: str, on: bool) -> None: ...

    async def record(self, account: AnyAccount, thread: str, on: bool) -> None: ...

    async def transfer_out(self, account: AnyAccount, thread: str, to: Address) -> None: ...

    async def place(self, account: AnyAccount, call: Placing) -> None: ...

    async def devices(self, user_id: int) -> Sequence[Device]: ...

    async def alive(self, account: AnyAccount) -> Mapping[str, Collection[str]]: ...
