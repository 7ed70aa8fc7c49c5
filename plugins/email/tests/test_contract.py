"""The kit's own tests: what the core relies on in every channel."""

from __future__ import annotations

import plugins.email
from hub.api import Account, Address, AnyAccount, Connection, Json, Outbound, Raw
from hub.testing import ChannelSuite, Requirements
from plugins.email.settings import EmailAccount, EmailConnection, EmailSettings, Security
from plugins.email.tests.site import mail
from plugins.email.tests.test_bounce import DSN, QMAIL
from plugins.email.tests.test_parse import MIXED
from tests.support.ports import free_port

ACCOUNT: AnyAccount = Account(1, 7, "email", "Demo", Address("mailto", "support@demo.test"), EmailAccount())
NOBODY_THERE = EmailConnection(relay_host="127.0.0.1", relay_port=free_port(), relay_security=Security.NONE)
TO: dict[str, Json] = {"to": ["support@demo.test"], "from": "bob@c.d"}


class TestEmail(ChannelSuite):
    requirements = Requirements(
        plugin=plugins.email,
        channel="email",
        settings=EmailSettings(),
        account=ACCOUNT,
        examples=[Raw(mail()), *(Raw(body, TO) for body in (mail("答复: x [#4821-9035-6]", "好"), MIXED, DSN, QMAIL))],
        malformed=[Raw(b"", TO), Raw(b"no header at all", TO), Raw(b"", {"unreadable": "why"})],
        connection=Connection(7, "mail", NOBODY_THERE),
        outbound=Outbound(1, 2, 3, Address("mailto", "bob@c.d"), "Hello 你好"),
    )
