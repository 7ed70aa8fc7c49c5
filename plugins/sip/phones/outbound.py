"""Connections that phones open and keep (RFC 5626): which phone a contact is of, and which of its flows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from sipmessage import Address, Request

from plugins.sip.phones.phones import Binding


def flow_of(request: Request, contact: Address) -> tuple[str, int]:
    """The phone's instance and the number of its flow (§6); ("", 0) where it does not ask to be kept apart by them."""
    instance, number = contact.parameters.get("+sip.instance"), contact.parameters.get("reg-id")
    wanted = "outbound" in " ".join(request.headers.getlist("Supported")).lower()
    if not (wanted and instance and number and number.isdecimal()):
        return "", 0
    return instance[:200], int(number[:9])


def replaced(binding: Binding, known: Sequence[Binding]) -> list[str]:
    """Contacts that this one takes the place of: the same flow of the same phone, from elsewhere by now (§6)."""
    same = (binding.instance, binding.reg_id)
    return [
        each.contact
        for each in known
        if binding.reg_id and (each.instance, each.reg_id) == same and each.contact != binding.contact
    ]


def as_contact(binding: Binding, now: int) -> str:
    """A binding as the registrar tells of it."""
    flow = f';+sip.instance="{binding.instance}";reg-id={binding.reg_id}' if binding.reg_id else ""
    return f"<{binding.contact}>{flow};expires={binding.expires_at - now}"
