"""Hours in which automatic texts rest. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plugins.sms.settings import SmsAccount


def ends_at(account: SmsAccount, now: datetime) -> datetime | None:
    """When the quiet hours that `now` (aware) is in are over; None outside of them."""
    if not account.quiet_from or not account.quiet_until or account.quiet_from == account.quiet_until:
        return None
    here = now.astimezone(_zone(account.quiet_zone))
    begin, end = time.fromisoformat(account.quiet_from), time.fromisoformat(account.quiet_until)
    clock = here.time().replace(tzinfo=None)
    quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not quiet:
        return None
    day = here.date() + timedelta(days=1) if clock >= end else here.date()
    return datetime.combine(day, end, here.tzinfo)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
