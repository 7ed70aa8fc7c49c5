"""A number outside in the call: a leg like an agent's, whose device may hang up and nothing else."""

from __future__ import annotations

from plugins.sip.calls.call import Call
from plugins.sip.calls.referring import Referral
from plugins.sip.lines.agent_leg import AgentLeg, Noticed

NOBODY = 0
"""No user has this id."""


class OutsideLeg(AgentLeg):
    """Named by the core; `number` is whose it is."""

    def __init__(self, name: str, number: str, noticed: Noticed) -> None:
        super().__init__(name, NOBODY, noticed)
        self.number = number

    def let_go(self) -> Call | None:
        """The call goes on by itself, and the leg is no more; None when it was never answered or has ended."""
        if self.over or self.call is None:
            return None
        self.over = True
        return self.call

    def on_hold(self, call: Call, held: bool) -> None:
        """Their music is not for the others: they are out of hearing until they are back."""
        if call is self.call:
            self._noticed.agent_moved(self)

    def key(self, call: Call, digit: str) -> None:
        """Heard in the audio, if at all."""

    def asked_to_transfer(self, referral: Referral) -> None:
        """Where our calls go is not theirs to say."""
        referral.refuse()
