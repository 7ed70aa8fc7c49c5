"""Who may hear of an event: a permission, a department, or being the one it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.api import Event
from hub.model.actor import Actor
from hub.model.permissions import Permission
from hub.store.places import Place
from hub.web.places import Places

# by what the type begins with; the first that fits. What is unknown is for those who keep the site's plugins
PERMISSIONS: Mapping[str, Permission] = {
    "interaction.": Permission.INTERACTIONS_READ,
    "party.": Permission.INTERACTIONS_READ,
    "consult.": Permission.INTERACTIONS_READ,
    "call.": Permission.INTERACTIONS_READ,
    "monitor.": Permission.CALLS_MONITOR,
    "delivery.": Permission.INTERACTIONS_READ,
    "work.": Permission.INTERACTIONS_READ,
    "callback.": Permission.INTERACTIONS_READ,
    "voicemail.": Permission.VOICEMAILS_HEAR,
    "presence.": Permission.INTERACTIONS_READ,
    "queue.": Permission.INTERACTIONS_READ,
    "routing.": Permission.QUEUES_MANAGE,
    "offer.": Permission.INTERACTIONS_SUPERVISE,
    "ticket.": Permission.TICKETS_READ,
    "customer.": Permission.CUSTOMERS_READ,
    "account.": Permission.INTERACTIONS_READ,
    "connection.": Permission.CONNECTIONS_MANAGE,
    "raw.": Permission.QUARANTINE_MANAGE,
    "user.": Permission.USERS_MANAGE,
    "role.": Permission.ROLES_MANAGE,
    "department.": Permission.USERS_MANAGE,
    "session.": Permission.USERS_MANAGE,
    "webhook.": Permission.WEBHOOKS_MANAGE,
}
OWN = (
    *("interaction.", "party.", "consult.", "call.", "delivery.", "work.", "ticket.", "offer.", "presence.", "user."),
    "session.",
)


@dataclass(frozen=True, slots=True)
class Audience:
    """All that an actor's sight of the event log depends on, but for what is their own."""

    permissions: frozenset[str]
    departments: frozenset[int] | None

    @classmethod
    def of(cls, actor: Actor) -> Audience:
        """The audience an actor belongs to."""
        return cls(actor.permissions & _RELEVANT, actor.departments)

    def hears(self, reach: Reach) -> bool:
        """Whether an event of this reach is for everyone of this audience."""
        if reach.permission not in self.permissions:
            return False
        return self.departments is None or reach.department is None or reach.department in self.departments


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an event is heard: by who has the permission in the department, and by `users`."""

    permission: Permission
    department: int | None
    users: frozenset[int]


def reach_of(event: Event, places: Places) -> Reach:
    """How far this event is heard; whose it was before still hears that it has gone."""
    place = places.of(event)
    department = event.department_id if event.department_id is not None else place.department
    own = event.type.startswith(OWN)
    users = {user for user in (event.user_id, place.user) if user is not None} if own else set()
    return Reach(_permission(event.type), department, frozenset(users))


def reach_of_place(place: Place) -> Reach:
    """How far a signal about an interaction is heard."""
    users = frozenset() if place.user is None else frozenset({place.user})
    return Reach(Permission.INTERACTIONS_READ, place.department, users)


def _permission(kind: str) -> Permission:
    found = (permission for prefix, permission in PERMISSIONS.items() if kind.startswith(prefix))
    return next(found, Permission.PLUGINS_MANAGE)


_RELEVANT = frozenset(PERMISSIONS.values()) | {Permission.PLUGINS_MANAGE}
