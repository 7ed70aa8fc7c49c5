"""Whether the database is away, or the caller at fault: the first is `Overloaded`, and trying again later helps."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from hub.api import Overloaded

# PostgreSQL's SQLSTATEs, class or whole: connection lost, out of resources (too many clients, disk full), going down or
# coming up, broken disk, and a server that has become a standby
AWAY = ("08", "53", "57P01", "57P02", "57P03", "57P05", "58", "25006")
PRIMARY = 0xFF  # SQLite's primary result code within an extended one


def as_overloaded(error: BaseException) -> BaseException:
    """The error as callers get it."""
    return Overloaded(f"the database is away: {type(error).__name__}") if away(error) else error


def away(error: BaseException) -> bool:
    """Whether the database, and not what it was asked, is why this failed."""
    if isinstance(error, OSError | InterfaceError | PendingRollbackError | NoConnectionFree):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OperationalError) and isinstance(error.orig, sqlite3.Error):
        # SQLITE_ERROR is what SQLite says of a wrong statement; everything else is locks, disks and files
        return error.orig.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_ERROR
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return isinstance(state, str) and state.startswith(AWAY)
