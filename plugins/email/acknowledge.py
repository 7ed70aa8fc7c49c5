"""The automatic confirmation of a new mail: off unless an account wants it, to people only, once a day and sender at
most.

It waits a moment as a durable timer, until the mail has its interaction and ticket, whose serial it tells. That it
was given is kept in a table of ours, claimed in one statement: two mails at once still get one answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, func
from sqlalchemy import Connection as SqlConnection
from sqlalchemy.dialects import postgresql, sqlite

from hub.api import Account, Address, Content, Context, Json, Raw
from plugins.email import addresses, automatic, templates, threading
from plugins.email.directory import Directory
from plugins.email.parse import Mail, fingerprint, parse
from plugins.email.settings import EmailAccount

TIMER: Final = "acknowledge"
_DELAY: Final = timedelta(seconds=2)
_PERIOD: Final = timedelta(days=1)

answers = Table(
    "email_answers",
    MetaData(),
    Column("address", String(400), primary_key=True),
    Column("answered_at", BigInteger, nullable=False),  # seconds since 1970
)


class Acknowledgements:
    """Decides, waits, and writes."""

    def __init__(self, context: Context, directory: Directory) -> None:
        self._context, self._directory = context, directory

    async def consider(self, raw: Raw) -> None:
        """Plan a confirmation of a stored mail, where its account and the mail itself allow one."""
        account = await self._account(raw)
        if account is None or not account.settings.acknowledge:
            return
        mail, envelope = parse(raw.body), raw.meta.get("from")
        if not automatic.may_be_answered(mail, envelope if isinstance(envelope, str) else None):
            return
        sender = (*mail.mailboxes("reply-to"), *mail.mailboxes("from"))[0]
        if addresses.resolve(sender.address, await self._directory.accounts()) is not None:
            return
        payload = _payload(account, mail, raw, Address(addresses.SCHEME, sender.address, sender.name))
        await self._context.schedule(datetime.now(UTC) + _DELAY, TIMER, payload, key=f"{TIMER} {payload['thread']}")

    async def fire(self, payload: Mapping[str, Json]) -> None:
        """The timer is due. Raises LookupError while the mail has no interaction yet: the core then tries again."""
        account = await self._context.account("email", Address(addresses.SCHEME, str(payload["account"])))
        if account is None:
            return
        found = await self._context.conversation(account, str(payload["thread"]))
        if found is None:
            raise LookupError("the mail has no interaction yet")
        to = Address(addresses.SCHEME, str(payload["to"]), str(payload["name"]))
        now = int(datetime.now(UTC).timestamp())
        if await self._context.store.write(lambda sql: claim(sql, to.value, now)):
            content = _content(payload, found.ticket_serial)
            await self._context.contact(
                account, to, content, "notice", automatic=True, interaction_id=found.interaction_id
            )

    async def forget(self, written_from: Collection[str]) -> None:
        """These addresses are nobody's any more."""
        await self._context.store.write(lambda sql: forget(sql, written_from))

    async def _account(self, raw: Raw) -> Account[EmailAccount] | None:
        told = raw.meta.get("to")
        first = str(told[0]) if isinstance(told, list) and told else ""
        return addresses.resolve(first, await self._directory.accounts()) if first else None


def claim(sql: SqlConnection, address: str, now: int) -> bool:
    """Whether this sender may be answered now; from now on nobody may for a day, should the answer get lost, too."""
    insert = postgresql.insert if sql.dialect.name == "postgresql" else sqlite.insert
    due = answers.c.answered_at <= now - int(_PERIOD.total_seconds())
    statement = insert(answers).values(address=address, answered_at=now)
    update = statement.on_conflict_do_update(index_elements=["address"], set_={"answered_at": now}, where=due)
    return sql.execute(update).rowcount == 1


def forget(sql: SqlConnection, written_from: Collection[str]) -> None:
    """However they are spelt: the table has them as they stood over the mails."""
    theirs = func.lower(answers.c.address).in_([address.lower() for address in written_from])
    sql.execute(delete(answers).where(theirs))


def _payload(account: Account[EmailAccount], mail: Mail, raw: Raw, to: Address) -> dict[str, Json]:
    subject = mail.header("subject")
    language = "zh" if any("\u3400" <= char <= "\u9fff" for char in subject + to.name) else account.language
    own = account.settings.acknowledge_zh if language.startswith("zh") else account.settings.acknowledge_en
    return {
        "account": account.address.value,
        "account_name": account.name,
        "thread": next(iter(mail.message_ids("message-id")), "") or f"sha256-{fingerprint(raw.body)}",
        "to": to.value,
        "name": to.name,
        "language": language,
        "subject": threading.bare_subject(subject),
        "template": own,
    }


def _content(payload: Mapping[str, Json], serial: str) -> Content:
    said = re.sub(r"^(\d{4})(\d{4})(\d)$", r"\1-\2-\3", serial)
    text = templates.acknowledgement(
        str(payload["template"]), str(payload["language"]), said, str(payload["account_name"])
    )
    return Content(text, fields={"subject": str(payload["subject"])})
