"""Who may do what, and which departments' records one sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    INTERACTIONS_READ = "interactions.read"
    INTERACTIONS_REPLY = "interactions.reply"
    INTERACTIONS_TRANSFER = "interactions.transfer"
    INTERACTIONS_SUPERVISE = "interactions.supervise"  # see and act on others' work
    CALLS_MONITOR = "calls.monitor"  # listen to others' calls, whisper, speak in them
    CALLS_TAKE_OVER = "calls.take_over"  # have them instead of their agent
    VOICEMAILS_HEAR = "voicemails.hear"  # the boxes of one's departments, and one's own
    RECORDINGS_PLAY = "recordings.play"  # hear what was said in calls, of conversations one may read
    TICKETS_READ = "tickets.read"
    TICKETS_WRITE = "tickets.write"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_WRITE = "customers.write"
    CUSTOMERS_MERGE = "customers.merge"
    CUSTOMERS_IMPORT = "customers.import"
    CUSTOMERS_EXPORT = "customers.export"
    CUSTOMERS_ERASE = "customers.erase"  # for good: what they are called, where they live, what was said
    QUEUES_MANAGE = "queues.manage"
    USERS_MANAGE = "users.manage"
    ROLES_MANAGE = "roles.manage"
    CONNECTIONS_MANAGE = "connections.manage"
    PLUGINS_MANAGE = "plugins.manage"
    QUARANTINE_MANAGE = "quarantine.manage"
    PRESENCE_FORCE = "presence.force"
    AUDIT_READ = "audit.read"
    WEBHOOKS_MANAGE = "webhooks.manage"
    TOKENS_MANAGE = "tokens.manage"
    TEMPLATES_MANAGE = "templates.manage"
    REPORTS_READ = "reports.read"


_P = Permission
_AGENT = frozenset(
    {
        _P.INTERACTIONS_READ,
        _P.INTERACTIONS_REPLY,
        _P.INTERACTIONS_TRANSFER,
        _P.VOICEMAILS_HEAR,
        _P.TICKETS_READ,
        _P.TICKETS_WRITE,
        _P.CUSTOMERS_READ,
        _P.CUSTOMERS_WRITE,
    }
)
_SUPERVISOR = _AGENT | {
    _P.INTERACTIONS_SUPERVISE,
    _P.CALLS_MONITOR,
    _P.CALLS_TAKE_OVER,
    _P.RECORDINGS_PLAY,
    _P.CUSTOMERS_MERGE,
    _P.CUSTOMERS_IMPORT,
    _P.CUSTOMERS_EXPORT,
    _P.QUEUES_MANAGE,
    _P.QUARANTINE_MANAGE,
    _P.PRESENCE_FORCE,
    _P.TEMPLATES_MANAGE,
    _P.REPORTS_READ,
}

BUILT_IN_ROLES: Mapping[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "supervisor": _SUPERVISOR,
    "agent": _AGENT,
}


def effective_permissions(
    roles: Iterable[Iterable[str]], grants: Iterable[str] = (), denials: Iterable[str] = ()
) -> frozenset[str]:
    """What the roles give together, plus the user's own grants; a denial always wins.

    Names are plain strings: a plugin brings permissions of its own.
    """
    given = {str(name) for role in roles for name in role} | set(grants)
    return frozenset(given - set(denials))


def visible_departments(parents: Mapping[int, int | None], own: Iterable[int]) -> frozenset[int]:
    """The user's own departments and everything below them.

    `parents` maps each department to the one above it, None at the top. A loop in it, which no
    screen allows but a database may hold, ends rather than hangs.
    """
    children: dict[int, list[int]] = {}
    for department, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(department)
    return _reachable(children, [department for department in own if department in parents])


def _reachable(children: Mapping[int, list[int]], start: list[int]) -> frozenset[int]:
    seen: set[int] = set()
    while start:
        department = start.pop()
        if department not in seen:
            seen.add(department)
            start.extend(children.get(department, ()))
    return frozenset(seen)
