"""What a modem is told before the first text: that it may, how texts look, when it is to speak unasked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hub.api import Misconfigured, SendError
from plugins.sms.modem.dialogue import Dialogue
from plugins.sms.modem.settings import Mode, ModemSettings

TEXT_WITH_REPORT: Final = "AT+CSMP=49,167,0,8"
TELL: Final = ("AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,0,0", "AT+CNMI=1,1")
"""Texts are kept and told of, reports come at once; where a modem cannot, without reports."""


async def prepare(dialogue: Dialogue, settings: ModemSettings) -> None:
    """Raises a SendError."""
    await dialogue.ask("AT")
    await dialogue.ask("ATE0")
    await dialogue.ask("AT+CMEE=1")
    await _unlock(dialogue, settings)
    await dialogue.ask(f"AT+CMGF={0 if settings.mode is Mode.PDU else 1}")
    if settings.mode is Mode.TEXT:
        await dialogue.ask('AT+CSCS="UCS2"')
        await dialogue.ask(TEXT_WITH_REPORT)
    await _first_that_works(dialogue, TELL)


async def signal(dialogue: Dialogue) -> str:
    """The operator and how well it is heard (TS 27.007 §7.3, §8.5), “中国移动, −71 dBm”."""
    operator = re.search(r'"([^"]{1,40})"', " ".join(await _or_nothing(dialogue, "AT+COPS?")))
    strength = re.search(r"\+CSQ: ?(\d{1,2}),", " ".join(await _or_nothing(dialogue, "AT+CSQ")))
    level = int(strength[1]) if strength else 99
    return f"{operator[1] if operator else 'no network'}, {f'{2 * level - 113} dBm' if level < 32 else 'no signal'}"


async def _unlock(dialogue: Dialogue, settings: ModemSettings) -> None:
    """The PIN is given once: three wrong ones lock a SIM."""
    state = " ".join(await dialogue.ask("AT+CPIN?"))
    if "SIM PIN" in state:
        pin = settings.pin.get_secret_value()
        if not pin.isdecimal():
            raise Misconfigured("the SIM wants its PIN, and the connection has none")
        try:
            await dialogue.ask(f'AT+CPIN="{pin}"')
        except SendError as error:
            raise Misconfigured(
                "the SIM does not take the PIN: do not try it again, three wrong ones lock it"
            ) from error
    elif "READY" not in state:
        raise Misconfigured("the SIM is locked, or there is none")


async def _first_that_works(dialogue: Dialogue, commands: Sequence[str]) -> None:
    for command in commands:
        try:
            await dialogue.ask(command)
        except SendError:
            continue
        return
    raise Misconfigured("the modem does not tell of texts (AT+CNMI)")


async def _or_nothing(dialogue: Dialogue, command: str) -> Sequence[str]:
    try:
        return await dialogue.ask(command)
    except SendError:
        return ()
