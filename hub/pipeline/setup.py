"""The first start of a site: what its file describes becomes rows, which are changed in the database from then on."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table, func, insert, select

from hub.model.permissions import BUILT_IN_ROLES
from hub.plugin.secret_fields import split
from hub.plugin.site_model import AccountTable, ConnectionTable, SiteFile, UserTable
from hub.store import site_key
from hub.store.identities import normalised
from hub.store.rows import inserted
from hub.store.tables import accounts, connections, departments, queue_members, queues, roles, users
from hub.store.unit import Tx
from hub.store.vault import Vault

Models = Mapping[str, tuple[type[BaseModel], type[BaseModel]]]


def is_new(tx: Tx) -> bool:
    """Whether this database has never been set up."""
    return tx.conn.execute(select(func.count()).select_from(users)).scalar_one() == 0


def first_start(tx: Tx, site: SiteFile, vault: Vault, models: Models, hashes: Mapping[str, str]) -> bool:
    """Take the site file over, once. `models` are each channel's (connection, account) settings, `hashes` the users'
    passwords, hashed, by login. Returns whether there was anything to do. Raises WrongKey."""
    site_key.vouch(tx, vault)
    _roles(tx)
    if not is_new(tx):
        return False
    ids = _departments(tx, site)
    queue_ids = {queue.key: _queue(tx, queue.model_dump(exclude={"routing"}), ids) for queue in site.queues}
    for queue in site.queues:
        document = queue.routing.document(queue_ids)
        tx.conn.execute(queues.update().where(queues.c.key == queue.key).values(routing=document))
    connection_ids = {each.name: _connection(tx, each, vault, models) for each in site.connections}
    for account in site.accounts:
        _account(tx, account, vault, models, {"queue": queue_ids, "department": ids, "connection": connection_ids})
    for user in site.users:
        _user(tx, user, hashes[user.login], ids, queue_ids)
    return True


def _roles(tx: Tx) -> None:
    """The built-in roles follow the code: a new permission reaches the roles it belongs to."""
    for name, permissions in BUILT_IN_ROLES.items():
        values = {"permissions": sorted(permissions), "builtin": True}
        if tx.conn.execute(roles.update().where(roles.c.name == name).values(**values)).rowcount == 0:
            tx.conn.execute(insert(roles).values(name=name, **values))


def _departments(tx: Tx, site: SiteFile) -> dict[str, int]:
    ids: dict[str, int] = {}
    for department in site.departments:
        parent = ids.get(department.parent)
        ids[department.name] = inserted(tx.conn, insert(departments).values(name=department.name, parent_id=parent))
    return ids


def _queue(tx: Tx, values: dict[str, Any], department_ids: Mapping[str, int]) -> int:
    department = department_ids.get(values.pop("department"))
    return inserted(tx.conn, insert(queues).values(**values, department_id=department))


def _connection(tx: Tx, each: ConnectionTable, vault: Vault, models: Models) -> int:
    plain, secret = split(models[each.channel][0] if each.channel in models else None, each.settings)
    values = {"channel": each.channel, "name": each.name, "enabled": each.enabled, "settings": plain}
    return inserted(tx.conn, insert(connections).values(**values, secrets=vault.encrypt(secret) if secret else None))


def _account(tx: Tx, each: AccountTable, vault: Vault, models: Models, ids: Mapping[str, Mapping[str, int]]) -> int:
    plain, secret = split(models[each.channel][1] if each.channel in models else None, each.settings)
    values = each.model_dump(include={"channel", "name", "flow", "opens_ticket", "language", "enabled"})
    values |= {f"{name}_id": known.get(getattr(each, name)) for name, known in ids.items()}
    address = normalised(each.address.scheme, each.address.value) or each.address.value
    values |= {"scheme": each.address.scheme, "address": address, "settings": plain}
    return inserted(tx.conn, insert(accounts).values(**values, secrets=vault.encrypt(secret) if secret else None))


def _user(tx: Tx, user: UserTable, password_hash: str, ids: Mapping[str, int], queue_ids: Mapping[str, int]) -> None:
    values = user.model_dump(include={"name", "roles", "language", "skills", "capacity"})
    values |= {"login": user.login.casefold(), "password_hash": password_hash, "created_at": tx.now}
    user_id = inserted(tx.conn, insert(users).values(**values, department_id=ids.get(user.department)))
    _members(tx, queue_members, user_id, [queue_ids[key] for key in user.queues])


def _members(tx: Tx, table: Table, user_id: int, queue_ids: list[int]) -> None:
    for preference, queue_id in enumerate(queue_ids):
        tx.conn.execute(insert(table).values(queue_id=queue_id, user_id=user_id, preference=preference))
