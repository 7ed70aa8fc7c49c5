"""The metadata all tables share, and the kinds of columns they are made of."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, text

from hub.store.columns import Document, Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identifier() -> Column[int]:
    """The row's own number."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def reference(name: str, target: str, *, null: bool = True, index: bool = False) -> Column[Any]:
    """A row of another table."""
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=null, index=index)


def string(name: str, size: int = 200, default: str = "") -> Column[str]:
    """Text of bounded length, never NULL."""
    return Column(name, String(size), nullable=False, server_default=default, default=default)


def document(name: str) -> Column[Any]:
    """A JSON object, never NULL."""
    return Column(name, Document, nullable=False, default=dict, server_default="{}")


def listing(name: str) -> Column[Any]:
    """A JSON array, never NULL."""
    return Column(name, Document, nullable=False, default=list, server_default="[]")


def instant(name: str, *, null: bool = True, index: bool = False) -> Column[Any]:
    """A moment."""
    return Column(name, Instant, nullable=null, index=index)


def flag(name: str, default: bool = False) -> Column[bool]:
    """True or false, never NULL."""
    return Column(name, Boolean, nullable=False, default=default, server_default=text("true" if default else "false"))


def number(name: str, default: int = 0) -> Column[int]:
    """A whole number, never NULL."""
    return Column(name, Integer, nullable=False, default=default, server_default=str(default))
