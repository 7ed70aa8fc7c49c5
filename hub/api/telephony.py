"""Telephony: calls whose sound a plugin handles itself (a fax, a modem). A service; whoever carries calls is behind it.

A plugin that wants them has accounts with addresses of the scheme `tel`, each with a connection of the telephony's own
kind (the trunk its calls go by), and gives an object that `TakesCalls` among its services. Calls to these numbers are
told to it; calls of its own it asks of `Telephony`. Either way it holds a `Line`, one call.

What is said on a line is lent to the plugin: UDP on 127.0.0.1 between the plugin's worker, at the address it calls
`near`, and the telephony's, at `Stream.far`. Sound travels as RTP packets of 20 ms (12 octets of header, then G.711):
to the plugin as the far side sent them, with its sequence numbers and timestamps, decrypted, neither put in order nor
re-clocked; from the plugin to the far side as they are, encrypted where that was agreed. After a switch to T.38 the
datagrams are UDPTL (ITU-T T.38), as they are both ways. Nobody resends, counts or delays anything.

A line ends with the node that holds it, like every call. It also ends with the task it was given to: that of `on_call`,
or the one that placed it. A plugin that fails leaves no call behind.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

from hub.api.calls import Cause
from hub.api.channel import AnyAccount
from hub.api.errors import SendError
from hub.api.messages import Address, Json


class NotConnected(SendError):
    """A call that was placed did not come about, or could not go on; `cause` says why, as a leg's end does."""

    code = "NOT_CONNECTED"
    retryable = True
    line = "The call did not come about; it will be tried again."

    def __init__(self, detail: str = "", cause: Cause = Cause.FAILED, *, retry_after: float | None = None) -> None:
        super().__init__(detail or cause.value, retry_after=retry_after)
        self.cause = cause


class StreamKind(StrEnum):
    """What travels between the plugin's worker and the telephony's."""

    AUDIO = "AUDIO"
    T38 = "T38"


@dataclass(frozen=True, slots=True)
class T38Parameters:
    """What the far side says of its T.38 (ITU-T T.38 annex D), or answered to ours.

    version            of T.38, 0 to 3
    max_bit_rate       bits a second
    rate_management    "transferredTCF" or "localTCF"
    max_buffer         octets it can hold, None when it says nothing
    max_datagram       octets of the largest UDPTL datagram it takes, None when it says nothing
    error_correction   "t38UDPRedundancy", "t38UDPFEC" or "" for none
    """

    version: int = 0
    max_bit_rate: int = 14_400
    rate_management: str = "transferredTCF"
    max_buffer: int | None = None
    max_datagram: int | None = None
    error_correction: str = "t38UDPRedundancy"
    fill_bit_removal: bool = False
    transcoding_mmr: bool = False
    transcoding_jbig: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """What the plugin's worker is to speak, and `far`, where it sends that to: a port of the telephony's on 127.0.0.1.

    `codec` is "PCMU" or "PCMA" for AUDIO, "" for T38; `t38` is None for AUDIO.
    """

    kind: StreamKind
    far: tuple[str, int]
    codec: str = ""
    t38: T38Parameters | None = None


class FaxTone(StrEnum):
    """CNG: a fax machine calls. CED: one answers."""

    CNG = "CNG"
    CED = "CED"


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """The far side was heard to say this."""

    tone: FaxTone


@dataclass(frozen=True, slots=True)
class T38Asked:
    """The far side wants to go on in T.38: `accept_t38` or `refuse_t38`, within eight seconds."""

    t38: T38Parameters


@dataclass(frozen=True, slots=True)
class AudioAsked:
    """The far side has gone back from T.38 to sound: this is the stream from now on, to the `near` of `answer`."""

    stream: Stream


@dataclass(frozen=True, slots=True)
class LineEnded:
    """The call is over; the last event."""

    cause: Cause


LineEvent: TypeAlias = ToneHeard | T38Asked | AudioAsked | LineEnded


@runtime_checkable
class Line(Protocol):
    """One call in a plugin's hands.

    id           of this call, until it ends; unique
    caller       who calls: a number, None when withheld; of a call that was placed, the number shown
    called       the number called
    t38_offered  the far side began with T.38: `answer` gives that
    about        what whoever handed it over said of it; empty where nobody did
    thread       the key by which the interaction is known that this call was of before it was handed over, else ""
    """

    id: str
    caller: Address | None
    called: Address
    t38_offered: bool
    about: Mapping[str, Json]
    thread: str

    async def answer(self, near: tuple[str, int]) -> Stream:
        """Take the sound, answering a call that came in; `near` (on 127.0.0.1) is where the plugin's worker listens by
        now. Again, it is another worker's from then on. Raises NotConnected when the call has ended."""
        ...

    async def switch_t38(self, near: tuple[str, int]) -> Stream:
        """Ask the far side to go on in T.38; what it sends then comes to `near`. Raises Unsupported when it refuses or
        this call cannot (its sound is encrypted): it goes on as it was. Raises NotConnected when the call has ended."""
        ...

    async def accept_t38(self, near: tuple[str, int]) -> Stream:
        """Go on in T.38 as the far side asked. Raises NotConnected when it has ended, or asks no more."""
        ...

    async def refuse_t38(self) -> None:
        """Go on as it was. Nothing happens where nobody asks."""
        ...

    def events(self) -> AsyncIterator[LineEvent]:
        """What happens, from the beginning on, up to and with `LineEnded`. For one reader."""
        ...

    async def hand_over(self, account: AnyAccount, about: Mapping[str, Json] | None = None) -> None:
        """The call goes on at another account of the site, which takes calls or is the telephony's own (a voice), as if
        it had come to that; this line ends with TRANSFERRED. Raises Unsupported when nobody there takes calls."""
        ...

    async def end(self, cause: Cause = Cause.HUNG_UP) -> None:
        """Hang up; a call that was not answered yet is refused with this cause (BUSY: no room for one more)."""
        ...


@runtime_checkable
class Telephony(Protocol):
    """`context.service(Telephony)` gives it, or None when the site has none."""

    async def place(self, account: AnyAccount, to: Address, *, caller: str = "", seconds: float = 60, key: str) -> Line:
        """Call `to` by the account's connection, showing `caller` ("" is the account's own address); returns when it is
        answered, `answer` then gives the sound. It rings `seconds` at most. The rules of the connection hold: where
        calls may go, how many at once. `key` names this attempt: while one of that name lasts no other is made.

        Raises NotConnected with the cause (BUSY, NO_ANSWER, REJECTED, UNREACHABLE, FAILED), Rejected where calls to it
        are not allowed, Unreachable, Misconfigured.
        """
        ...


@runtime_checkable
class TakesCalls(Protocol):
    """What a plugin gives as a service, for calls to the accounts of its channel `name`; the channel itself may be it.

    shared_with_voice  whether calls to a number that this account shares with a voice account of the telephony's are
                       answered as voice, and come here when a fax machine is heard; else they come here at once
    on_call            a call has come; it lasts at most as long as this runs
    """

    name: str

    def shared_with_voice(self, account: AnyAccount) -> bool: ...

    async def on_call(self, account: AnyAccount, line: Line) -> None: ...
