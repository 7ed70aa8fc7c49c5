"""The pages of one attempt: at standard resolution where the far machine asked for that, with today's heading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.api import AnyAccount
from plugins.fax.office import Office, settings_of, station_of
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.schedule import Failure, Way, Why, way
from plugins.fax.pages import Heading, PageError
from plugins.fax.settings import HeaderLine
from plugins.fax.terminal.process import FaxError


@dataclass(frozen=True, slots=True)
class Ready:
    """What goes, and how."""

    tiff: bytes
    way: Way


async def made_ready(office: Office, account: AnyAccount, job: Job, failures: list[Failure]) -> Ready:
    """Raises FaxError: they are pages of ours, so it is no fault of theirs, and it is tried again."""
    tiff = await office.surely(lambda conn: jobs.document(conn, job.document))
    coarse = any(failure.why is Why.IMAGE for failure in failures)
    try:
        tiff = await office.printer.ready(tiff, heading(office, account, job), coarse=coarse)
    except PageError as error:
        raise FaxError("the pages could not be made ready") from error
    return Ready(tiff, way(failures, settings_of(account).t38))


def heading(office: Office, account: AnyAccount, job: Job) -> Heading | None:
    """As the number is set to have it."""
    own = settings_of(account)
    if own.header_line is HeaderLine.OFF:
        return None
    at, above = datetime.now(office.settings.zone), own.header_line is HeaderLine.ABOVE
    return Heading(at, own.header or account.name, station_of(account), job.number, account.language, above)
