"""Whatever is sent, right or wrong, the API answers as its OpenAPI document says."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from hub.store.database import Store
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_customer, insert_interaction, insert_queue
from tests.web.people import People, log_in
from tests.web.serving import serving

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# these end the session that the requests are made with
LEFT_OUT = ("--exclude-path", "/logout", "--exclude-path", "/me/password")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_operation_answers_as_documented(
    people: People, store: Store, database_url: str, tmp_path: Path
) -> None:
    """Every kind of right and wrong value on SQLite; on PostgreSQL, which is stricter about values, random ones."""
    phase = "coverage" if database_url.startswith("sqlite") else "fuzzing"
    await store.write(lambda tx: conversations(tx, people))
    token = await log_in(people.stranger(), "admin")
    async with serving(people.app) as url:
        code, said = await schemathesis(
            tmp_path,
            "run",
            f"{url}/api/v1/openapi.json",
            *("--url", f"{url}/api/v1", "--header", f"Authorization: Bearer {token}", *LEFT_OUT),
            *("--phases", phase, "--max-examples", "5", "--seed", "20261121"),
            *("--generation-database", "none", "--warnings", "off", "--no-color"),
        )
    assert code == 0, readable(said)


async def schemathesis(folder: Path, *arguments: str) -> tuple[int, str]:
    """Its exit code and what it said; what it keeps for itself stays in `folder`."""
    command = (str(SCHEMATHESIS), "--config-file", str(CONFIGURATION), *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT, cwd=folder)
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def readable(said: str) -> str:
    """What failed, without the kilobytes of what was sent."""
    failures = said.partition(" FAILURES ")[2].partition(" WARNINGS ")[0] or said
    return "\n".join(line[:400] for line in failures.splitlines())


def conversations(tx: Tx, people: People) -> None:
    """Something to act upon."""
    queue = insert_queue(tx, people.ids.sales, "orders")
    account = insert_account(tx, queue, people.ids.sales)
    customer = insert_customer(tx)
    for _ in range(2):
        insert_interaction(tx, account, queue, people.ids.sales, customer_id=customer)
