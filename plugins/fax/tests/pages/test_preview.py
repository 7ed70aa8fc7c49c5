"""What an agent is told who asks for the pages of a draft."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hub.api import Account, Address, AnyAccount, Request, Viewer
from hub.testing import FakeContext
from plugins.fax.pages import PageLimits, Printer
from plugins.fax.screens.preview import routes
from plugins.fax.settings import FaxAccount

ACCOUNT = Account(7, None, "fax", "Orders", Address("tel", "+861058880001"), FaxAccount())
LIN = Viewer(1, "Lin Yue", "zh", frozenset({"interactions.reply"}))


async def asked(draft: object, account: AnyAccount = ACCOUNT) -> tuple[int, Any]:
    """The answer's status and what it says."""
    printer = Printer(PageLimits(page_seconds=20))
    route, _ = routes(FakeContext("fax", accounts=[account]), printer)
    endpoint: Any = getattr(route, "endpoint")  # noqa: B009  # a route of files has none, and mypy knows it
    request = Request("POST", "/p/fax/preview", {}, {}, {}, json.dumps(draft).encode(), "127.0.0.1", "", LIN)
    answer = await endpoint(request)
    return answer.status, json.loads(answer.body)


def draft(**more: object) -> dict[str, object]:
    return {"account": 7, "to": "+8613800138000", "text": "您好", **more}


def file(content: bytes) -> dict[str, str]:
    return {"name": "order.bin", "media_type": "", "content": base64.b64encode(content).decode()}


@pytest.mark.slow
async def test_a_cover_sheet_has_the_company_and_its_logo(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    settings = FaxAccount(company="Acme", logo=str(logo))
    with_logo = replace(ACCOUNT, settings=settings)
    status, said = await asked(draft(cover="STANDARD"), with_logo)
    assert (status, said["error"]["code"]) == (422, "MISCONFIGURED"), "before it is there"
    Image.new("RGB", (600, 240), "black").save(logo)
    status, said = await asked(draft(cover="STANDARD"), with_logo)
    page = Image.open(io.BytesIO(base64.b64decode(said["pages"][0]))).convert("L")
    box = page.crop((60, 55, 200, 105))
    assert status == 200 and box.histogram()[100:] == [0] * 156, "sixty millimetres across, twenty-four down"


@pytest.mark.slow
async def test_a_draft_is_shown_as_it_will_be_sent() -> None:
    with_text = await asked(draft(files=[file(b"one\ftwo")]))
    without = await asked(draft(files=[file(b"one\ftwo")], cover="NONE", quality="STANDARD"))
    assert [(status, said["count"], len(said["pages"])) for status, said in (with_text, without)] == [
        (200, 3, 3),
        (200, 3, 3),
    ], "a cover sheet; or the text on a page of its own"
    picture = Image.open(io.BytesIO(base64.b64decode(with_text[1]["pages"][0])))
    assert picture.size == (576, 795)


async def test_what_cannot_be_shown_is_said_in_the_language_of_who_asks() -> None:
    status, said = await asked(draft(files=[file(b"PK\x03\x04\0")]))
    assert (status, said["error"]["code"]) == (422, "UNREADABLE")
    assert "“order.bin”无法打印" in said["error"]["message"]


WRONG = [([], 400), ({"account": "x"}, 400), (draft(files=[{"name": "a"}]), 400), (draft(account=8), 404)]


@pytest.mark.parametrize(("wrong", "status"), WRONG)
async def test_what_is_no_draft_of_a_number_of_ours_is_refused(wrong: object, status: int) -> None:
    assert (await asked(wrong))[0] == status
