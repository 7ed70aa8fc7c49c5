"""A sheet of customers: looked over first, taken in row by row, every wrong row named; and back out, harmless."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.actor import Actor
from hub.model.assets import asset_type
from hub.model.importing import ImportRow, decode, parse_row, read_sheet, safe_cell
from hub.store import assets
from hub.store.customer_lists import Customer, CustomerFilter, list_customers
from hub.store.database import Store
from hub.store.exports import export_customers
from hub.store.imports import ImportReport, import_customers
from tests.customers.desk import customer, organisation, supervisor

SHEET = """name,kind,tel,mailto,language,organisation,attr:plate,notes
上海汽车,ORGANISATION,021-55555555,,zh,,,
王重置,,13800138000; 13900139111,W@x.cn,zh,上海汽车,京A12345,"likes tea,
and cake"
Anna,person,,anna@x.cn,en,,,
"""
WRONG = """name,kind,tel,organisation
Anna,robot,13800138000,
Bert,,hello there,
Carl,,,Nowhere
,,,
Dora,,13900139111,,too,many
Emil,,13700137000,
"""


async def take(store: Store, actor: Actor, text: str | bytes, *, dry_run: bool = False) -> ImportReport:
    body = text if isinstance(text, bytes) else text.encode()
    return await import_customers(store, actor, body, dry_run=dry_run)


async def everybody(store: Store, actor: Actor) -> dict[str, Customer]:
    page = await store.read(lambda conn: list_customers(conn, actor, CustomerFilter(), limit=200))
    return {each.name: each for each in page.items}


async def exported(store: Store, actor: Actor) -> bytes:
    return b"".join([piece async for piece in export_customers(store, actor)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_sheet_is_taken_in_whatever_wrote_it(store: Store, encoding: str) -> None:
    actor = await supervisor(store)
    report = await take(store, actor, SHEET.encode(encoding))
    assert (report.rows, report.created, report.updated, report.errors) == (3, 3, 0, [])
    found = (await everybody(store, actor))["王重置"]
    assert [each.value for each in found.identities] == ["+8613800138000", "+8613900139111", "w@x.cn"]
    assert found.organisation and found.organisation.name == "上海汽车"
    assert (found.attributes, found.notes, found.language) == ({"plate": "京A12345"}, "likes tea,\nand cake", "zh")


@pytest.mark.parametrize("delimiter", [";", "\t"])
async def test_other_separators_are_understood(store: Store, delimiter: str) -> None:
    actor = await supervisor(store)
    report = await take(store, actor, f"name{delimiter}tel\r\nAnna{delimiter}13800138000\r\n")
    assert (report.created, report.errors) == (1, [])


async def test_a_dry_run_reports_the_same_and_changes_nothing(store: Store) -> None:
    actor = await supervisor(store)
    for text in (SHEET, WRONG, SHEET + SHEET.split("\n", 1)[1]):
        before = await everybody(store, actor)
        dry = await take(store, actor, text, dry_run=True)
        assert await everybody(store, actor) == before
        real = await take(store, actor, text)
        assert (dry.rows, dry.created, dry.updated, dry.errors) == (real.rows, real.created, real.updated, real.errors)


async def test_each_wrong_row_is_named_and_the_others_are_taken(store: Store) -> None:
    actor = await supervisor(store)
    report = await take(store, actor, WRONG)
    assert [(each.row, each.column, each.code) for each in report.errors] == [
        (2, "kind", "KIND"),
        (3, "tel", "ADDRESS"),
        (4, "organisation", "NO_ORGANISATION"),
        (6, "", "TOO_MANY_CELLS"),
    ]
    assert (report.rows, report.created, report.failed) == (5, 1, 4)
    assert list(await everybody(store, actor)) == ["Emil"]


async def test_taking_it_in_again_updates_and_doubles_nobody(store: Store) -> None:
    actor = await supervisor(store)
    await take(store, actor, SHEET)
    report = await take(store, actor, SHEET.replace("likes tea", "likes coffee"))
    assert (report.created, report.updated) == (0, 3)
    found = await everybody(store, actor)
    assert len(found) == 3 and found["王重置"].notes.startswith("likes coffee")


async def test_an_empty_cell_leaves_what_is_there(store: Store) -> None:
    actor = await supervisor(store)
    await take(store, actor, SHEET)
    await take(store, actor, "name,tel,language,attr:colour\n,13800138000,,red\n")
    found = (await everybody(store, actor))["王重置"]
    assert (found.language, found.attributes) == ("zh", {"plate": "京A12345", "colour": "red"})


async def test_a_row_whose_addresses_are_two_customers_is_refused(store: Store) -> None:
    actor = await supervisor(store)
    await customer(store, "Anna", ("tel", "13800138000"))
    await customer(store, "Bert", ("mailto", "bert@x.cn"))
    report = await take(store, actor, "name,tel,mailto\nWho,13800138000,bert@x.cn\n")
    assert [each.code for each in report.errors] == ["SEVERAL_CUSTOMERS"]


async def test_two_organisations_of_one_name_are_not_guessed_between(store: Store) -> None:
    actor = await supervisor(store)
    for _ in range(2):
        await organisation(store, "Dealer")
    report = await take(store, actor, "name,organisation\nAnna,Dealer\n")
    assert [each.code for each in report.errors] == ["AMBIGUOUS"]


async def test_what_customers_own_comes_with_them_once(store: Store) -> None:
    actor = await supervisor(store)
    fields = [{"key": "plate", "type": "text", "required": True}, {"key": "doors", "type": "number"}]
    car = asset_type("car", {}, fields)
    await store.write(lambda tx: assets.save_asset_type(tx, actor, car))
    text = (
        "name,tel,asset:car:plate,asset:car:doors,asset:boat:name\nAnna,13800138000,A1,5,\nBert,13900139111,B2,many,\n"
    )
    for _ in range(2):
        report = await take(store, actor, text + "Carl,13700137000,,,Titanic\n")
        assert [(each.row, each.column) for each in report.errors] == [(3, "asset:car:doors"), (4, "asset:boat")]
    anna = (await everybody(store, actor))["Anna"]
    owned = await store.read(lambda conn: assets.assets_of(conn, anna.id))
    assert [each.fields for each in owned] == [{"plate": "A1", "doors": 5}]


@pytest.mark.parametrize(
    ("header", "code"),
    [("name,colour", "UNKNOWN_COLUMN"), ("name,name", "TWICE"), ("", "EMPTY"), ("asset:car", "UNKNOWN_COLUMN")],
)
async def test_a_header_that_is_not_understood_stops_everything(store: Store, header: str, code: str) -> None:
    actor = await supervisor(store)
    report = await take(store, actor, f"{header}\nAnna,red\n" if header else "")
    assert ([each.code for each in report.errors], report.rows) == ([code], 0)


async def test_a_quotation_mark_nobody_closed_is_reported(store: Store) -> None:
    actor = await supervisor(store)
    report = await take(store, actor, 'name\nAnna\n"' + "x" * 200_000)
    assert [(each.row, each.code) for each in report.errors] == [(3, "UNREADABLE")]
    assert report.created == 1


async def test_bytes_of_no_known_encoding_are_refused(store: Store) -> None:
    report = await take(store, await supervisor(store), b"name\n\xff\xff\xff")
    assert [each.code for each in report.errors] == ["ENCODING"]


async def test_what_is_exported_can_be_imported_again(store: Store) -> None:
    actor = await supervisor(store)
    car = asset_type("car", {}, [{"key": "plate", "type": "text"}])
    await store.write(lambda tx: assets.save_asset_type(tx, actor, car))
    await take(store, actor, SHEET)
    anna = (await everybody(store, actor))["Anna"]
    cars = [{"plate": "A1"}, {"plate": "B2"}]
    await store.write(lambda tx: [assets.create_asset(tx, actor, anna.id, "car", each) for each in cars])
    text = await exported(store, actor)
    report = await take(store, actor, text)
    assert (report.errors, report.created, report.updated) == ([], 0, 4)
    assert await exported(store, actor) == text


async def test_an_exported_formula_does_not_run_and_comes_back_as_it_was(store: Store) -> None:
    actor = await supervisor(store)
    evil = "=cmd|' /C calc'!A0"
    await customer(store, evil, ("tel", "13800138000"), attributes={"sum": "-1"})
    text = (await exported(store, actor)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert f"'{evil}" in cells and not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert (await take(store, actor, text)).updated == 1
    assert (await everybody(store, actor))[evil].attributes == {"sum": "-1"}


@given(st.text())
def test_a_guarded_cell_is_never_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_fail(body: bytes) -> None:
    sheet = read_sheet(body)
    for number, cells in sheet.rows:
        assert parse_row(sheet.header, number, cells) is not None


def test_gb18030_holds_what_gb2312_does() -> None:
    assert decode("重置".encode("gb2312")) == "重置"
    assert isinstance(parse_row(("name",), 2, ["重置"]), ImportRow)
