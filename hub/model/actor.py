"""Who acts: the permissions and departments every look-up and every change is checked against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A user at work. `departments` are those whose things they see, own ones and all below; None means all."""

    user_id: int
    name: str
    permissions: frozenset[str]
    departments: frozenset[int] | None
    language: str = "en"

    def may(self, permission: str) -> bool:
        """Whether a role or a grant of this user carries the permission."""
        return permission in self.permissions
