"""The customers leave as a sheet, for those who may take it along, and can come back from it."""

from __future__ import annotations

from hub.store.database import Store
from tests.web.conversations import insert_customer
from tests.web.people import People


async def test_the_sheet_that_went_out_comes_in_again_without_a_change(people: People, store: Store) -> None:
    customer = await store.write(insert_customer)
    supervisor = await people.client("supervisor")
    address = {"scheme": "mailto", "value": "wang.wei@customers.test"}
    assert (await supervisor.post(f"/customers/{customer}/identities", json=address)).status_code == 201
    sheet = await supervisor.get("/customers/export")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in sheet.headers["content-disposition"]
    assert "Wang Wei" in sheet.text
    as_csv = {"content-type": "text/csv"}
    report = (await supervisor.post("/customers/import?dry_run=true", content=sheet.content, headers=as_csv)).json()
    assert (report["rows"], report["created"], report["errors"]) == (1, 0, [])


async def test_an_agent_takes_no_customers_along(people: People) -> None:
    agent = await people.client("agent")
    assert (await agent.get("/customers/export")).status_code == 403
