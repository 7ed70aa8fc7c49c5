"""One attempt to send one fax: dialled, or on the call that is there already; sent, and judged."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.api import Address, AnyAccount, HubError, Line, Misconfigured, NotConnected, Rejected, SendError
from plugins.fax.log_book import Call
from plugins.fax.office import Office, settings_of, station_of
from plugins.fax.on_the_line import fax
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.schedule import NOT_ALLOWED, OF_A_CALL, OF_A_FAX, OURS, Way, Why
from plugins.fax.settings import SCHEME
from plugins.fax.terminal.ending import ending
from plugins.fax.terminal.job import Done, Event
from plugins.fax.terminal.job import Job as FaxJob
from plugins.fax.terminal.process import FaxError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `why` is None when every page was confirmed; `code` and `text` are for people."""

    why: Why | None
    code: str
    text: str
    call: Call


async def dialled(office: Office, account: AnyAccount, job: Job) -> Line:
    """The number answers. Raises NotConnected with the cause, and other SendErrors."""
    if (telephony := office.telephony) is None:
        raise Misconfigured("the site has no telephony")
    to, seconds = Address(SCHEME, job.number), settings_of(account).ring_seconds
    return await telephony.place(account, to, seconds=seconds, key=f"{job.external_id}-{job.attempts}")


async def sent(
    office: Office, account: AnyAccount, job: Job, line: Line, tiff: bytes, way: Way, hear: Callable[[Event], None]
) -> Outcome:
    """The pages, on a line that is answered, or about to be."""
    began, at = time.monotonic(), datetime.now(UTC)
    try:
        done = await _faxed(office, account, job, line, tiff, way, hear)
    except (HubError, FaxError, OSError) as error:
        return of_an_error(error, account, job, at, time.monotonic() - began)
    return _judged(done, account, job, at, time.monotonic() - began)


def of_an_error(
    error: HubError | FaxError | OSError, account: AnyAccount, job: Job, at: datetime, seconds: float = 0.0
) -> Outcome:
    """A call that did not come about, a machine of ours that could not be had, or no room on the disk."""
    if isinstance(error, NotConnected):
        why, code, text = OF_A_CALL[error.cause], error.cause.value, error.line
    elif isinstance(error, SendError) and not error.retryable:
        code = NOT_ALLOWED if isinstance(error, Rejected) else error.code
        why, text = Why.PERMANENT, error.detail or error.line
    else:
        why, code, text = Why.LINE, OURS, "A fault on our side; it will be tried again."
    return Outcome(why, code, text, _call(account, job, at, seconds, ok=False, code=code, text=text))


async def _faxed(
    office: Office, account: AnyAccount, job: Job, line: Line, tiff: bytes, way: Way, hear: Callable[[Event], None]
) -> Done:
    within = await asyncio.to_thread(_folder, office)
    # what cannot be tidied up says nothing of whether the pages went
    with tempfile.TemporaryDirectory(dir=within, ignore_cleanup_errors=True) as folder:
        pages = Path(folder) / "pages.tiff"
        await asyncio.to_thread(pages.write_bytes, tiff)
        return await fax(office.terminals, line, _order(account, job, pages, way), way.t38, hear)


def _judged(done: Done, account: AnyAccount, job: Job, at: datetime, seconds: float) -> Outcome:
    end = ending(done.code)
    text = end.text[account.language[:2]]
    call = _call(account, job, at, seconds, ok=done.ok, code=end.name, text=text, done=done)
    return Outcome(None if done.ok else OF_A_FAX[end.cause], end.name, text, call)


def _call(
    account: AnyAccount,
    job: Job,
    at: datetime,
    seconds: float,
    *,
    ok: bool,
    code: str,
    text: str,
    done: Done | None = None,
) -> Call:
    much = done or Done(0, "", 0, job.pages)
    return Call(
        account.id, "OUT", job.number, at, round(seconds, 1), ok, code[:40], text[:400], much.remote_ident[:40],
        job.delivery_id, job.message_id, much.pages, job.pages, much.bit_rate, much.ecm, much.t38,
        much.compression[:20], much.bad_rows,
    )  # fmt: skip


def _order(account: AnyAccount, job: Job, pages: Path, way: Way) -> FaxJob:
    own = settings_of(account)
    return FaxJob(
        calling=True, send=pages, ident=station_of(account), ecm=own.ecm,
        modems=way.modems, sub_address=job.sub_address, pages_expected=job.pages, page_seconds=own.page_seconds,
    )  # fmt: skip


def _folder(office: Office) -> Path:
    folder = office.context.folder / "outgoing"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
