"""Whom the phone calls in tests, a process of its own: PJSUA takes the call, plays a tone, records what it hears.

`python -m plugins.demo.tests.phone.callee TONE.wav HEARD.wav` prints one JSON object a line: first its port, then each
thing that happens. On its input it takes one command a line: answer, refuse CODE, hold, resume, hang_up, quit."""

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


class Heard(pj.Call):  # type: ignore[misc]  # so its classes are Any; PJSUA tells only who inherits from them
    """The one call."""

    def __init__(self, account: Callee, number: int) -> None:
        super().__init__(account, number)
        self.callee = account

    def onCallState(self, _: Any) -> None:
        info = self.getInfo()
        tell(event="state", state=info.stateText, code=info.lastStatusCode)

    def onCallMediaState(self, _: Any) -> None:
        info = self.getInfo()  # its lists live no longer than it does
        for place, media in enumerate(info.media):
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                audio = self.getAudioMedia(place)
                self.callee.player.startTransmit(audio)
                audio.startTransmit(self.callee.recorder)

    def onDtmfDigit(self, key: Any) -> None:
        tell(event="key", key=key.digit, rfc_4733=key.method == pj.PJSUA_DTMF_METHOD_RFC2833)


class Callee(pj.Account):  # type: ignore[misc]  # as `Heard`: inheriting is the only way to be told
    """It rings, and waits for a command."""

    def __init__(self, tone: str, heard: str) -> None:
        super().__init__()
        self.call: Heard | None = None
        self.player, self.recorder = pj.AudioMediaPlayer(), pj.AudioMediaRecorder()
        self.player.createPlayer(tone, 0)
        self.recorder.createRecorder(heard)

    def onIncomingCall(self, incoming: Any) -> None:
        self.call = Heard(self, incoming.callId)
        tell(event="call", invite=incoming.rdata.wholeMsg)
        self.answer(180)

    def answer(self, code: int) -> None:
        assert self.call is not None
        parameter = pj.CallOpParam()
        parameter.statusCode = code
        self.call.answer(parameter)

    def obey(self, command: str) -> None:
        word, _, code = command.partition(" ")
        if word in {"answer", "refuse"}:
            return self.answer(int(code or 200))
        assert self.call is not None
        parameter = pj.CallOpParam(True)
        if word == "hold":
            self.call.setHold(parameter)
        elif word == "resume":
            parameter.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.call.reinvite(parameter)
        elif word == "hang_up":
            self.call.hangup(pj.CallOpParam())
        return None


def run(tone: str, heard: str) -> None:
    endpoint, config = pj.Endpoint(), pj.EpConfig()
    endpoint.libCreate()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.sndAutoCloseTime = -1
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    opened = endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    callee = Callee(tone, heard)
    account = pj.AccountConfig()
    account.idUri = "sip:callee@127.0.0.1"
    account.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    callee.create(account)
    tell(port=int(endpoint.transportGetInfo(opened).localName.rpartition(":")[2]))
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
            callee.obey(command)
    endpoint.libDestroy()  # which writes the rest of the recording
    os._exit(0)  # Python would tidy up once more, and abort


if __name__ == "__main__":
    run(*sys.argv[1:3])
