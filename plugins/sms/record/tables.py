"""The plugin's own tables."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table

_metadata: Final = MetaData()
_key: Final = BigInteger().with_variant(Integer, "sqlite")

parts = Table(
    "sms_parts",
    _metadata,
    Column("id", _key, primary_key=True),
    Column("delivery_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("interaction_id", BigInteger, nullable=False),
    Column("connection_id", BigInteger, nullable=False),
    Column("account", String(400), nullable=False),
    Column("coding", String(10), nullable=False),
    Column("state", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("counted", Integer, nullable=False),
    Column("price", String(40), nullable=False),
    Column("code", String(100), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""One short message of a delivery: `state` SUBMITTING before it is handed over, SENT when the far side has it, then as
its reports say; `counted` what the carrier counts it as; `at` seconds since 1970."""

pictures = Table(
    "sms_pictures",
    _metadata,
    Column("id", _key, primary_key=True),
    Column("delivery_id", BigInteger, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""A picture a provider may fetch until then, seconds since 1970; the message's own is the core's."""

consents = Table(
    "sms_consents",
    _metadata,
    Column("id", _key, primary_key=True),
    Column("number_key", String(64), nullable=False),
    Column("number", String(80), nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("words", String(400), nullable=False),
    Column("evidence", String(400), nullable=False),
    Column("user_id", BigInteger, nullable=True),
    Column("user_name", String(200), nullable=False),
    Column("customer_id", BigInteger, nullable=True),
    Column("confirmation", BigInteger, nullable=True),
    Column("at", BigInteger, nullable=False),
)
"""One thing said about texts to a number, never changed: the newest decides. `number_key` stays when a customer is
erased, so that who said STOP is not written to again; `number`, `words` and `evidence` go. `confirmation`: -1 while one
is being written, then the message that confirms. A KEYWORD's evidence is unique for its number."""

lines = Table(
    "sms_lines",
    _metadata,
    Column("connection_id", BigInteger, primary_key=True, autoincrement=False),
    Column("settled_at", BigInteger, nullable=False),
)
"""When no answer of ours on a connection was in doubt, last: what came before does not come again."""
