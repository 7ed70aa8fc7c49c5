"""A desk phone with two calls, a process of its own: PJSUA registers, takes and makes calls, plays a tone to all of
them, and joins two (REFER with Replaces).

`python -m tests.voice.pjsua_phone USER PASSWORD HUB_PORT TONE.wav` prints one JSON object a line for each thing that
happens. On its input it takes one command a line: answer, hold, call URI, join, hang_up, quit. They are about the
newest call; join has the newest take the place of the one before."""

from __future__ import annotations

import json
import os
import select
import sys
from typing import Any

import pjsua2 as pj  # type: ignore[import-untyped]  # C++ wrapped by SWIG: it brings no types, and nobody else does


def tell(**event: Any) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Leg(pj.Call):  # type: ignore[misc]  # so its classes are Any; PJSUA tells only who inherits from them
    """One call."""

    def __init__(self, phone: Phone, number: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone, number)
        self.phone = phone
        phone.legs.append(self)

    def onCallState(self, _: Any) -> None:
        info = self.getInfo()
        tell(event=info.stateText, leg=self.phone.legs.index(self), code=info.lastStatusCode)

    def onCallMediaState(self, _: Any) -> None:
        info = self.getInfo()  # its lists live no longer than it does
        for place, media in enumerate(info.media):
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.phone.player.startTransmit(self.getAudioMedia(place))

    def onCallTransferStatus(self, status: Any) -> None:
        tell(event="TRANSFER", code=status.statusCode, last=status.finalNotify)


class Phone(pj.Account):  # type: ignore[misc]  # as `Leg`: inheriting is the only way to be told
    """It rings, and waits for a command."""

    def __init__(self, tone: str) -> None:
        super().__init__()
        self.legs: list[Leg] = []
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(tone, 0)

    def onRegState(self, state: Any) -> None:
        tell(event="REGISTERED", code=state.code)

    def onIncomingCall(self, incoming: Any) -> None:
        leg = Leg(self, incoming.callId)
        ringing = pj.CallOpParam()
        ringing.statusCode = 180
        leg.answer(ringing)

    def obey(self, command: str) -> None:
        word, _, uri = command.partition(" ")
        parameter = pj.CallOpParam(True)
        if word == "call":
            Leg(self).makeCall(uri, parameter)
        elif word == "answer":
            parameter.statusCode = 200
            self.legs[-1].answer(parameter)
        elif word == "hold":
            self.legs[-1].setHold(parameter)
        elif word == "join":
            self.legs[-2].xferReplaces(self.legs[-1], parameter)
        elif word == "hang_up":
            self.legs[-1].hangup(pj.CallOpParam())


def configured() -> Any:
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.sndAutoCloseTime = -1
    return config


def account(user: str, password: str, hub: str) -> Any:
    config = pj.AccountConfig()
    config.idUri = f"sip:{user}@127.0.0.1:{hub}"
    config.regConfig.registrarUri = f"sip:127.0.0.1:{hub}"
    config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
    config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    return config


def run(user: str, password: str, hub: str, tone: str) -> None:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    endpoint.libInit(configured())
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    phone = Phone(tone)
    phone.create(account(user, password, hub))
    pending = ""
    while True:
        endpoint.libHandleEvents(10)
        if not select.select([0], [], [], 0)[0]:
            continue
        read = os.read(0, 1000).decode()
        *commands, pending = (pending + read).split("\n")
        if not read or "quit" in commands:
            break
        for command in commands:
            phone.obey(command)
    endpoint.libDestroy()
    os._exit(0)  # Python would tidy up once more, and abort


if __name__ == "__main__":
    run(*sys.argv[1:5])
