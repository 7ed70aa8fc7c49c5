"""Settings of connections and accounts: checked by their channel's model, secrets parted off and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from hub.model.errors import Invalid, NotFound
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.secret_fields import joined, split
from hub.store.vault import Vault
from hub.web.call import Call
from hub.web.signature import findings


def channel_called(call: Call, name: str) -> IsolatedChannel:
    """Raises NotFound when no plugin at work carries it."""
    found = call.node.services.registry.channels.get(name)
    if found is None:
        raise NotFound("There is no such channel, or its plugin is not at work.")
    return found


def columns(
    model: type[BaseModel], vault: Vault, settings: Mapping[str, Any], kept: bytes | None = None
) -> dict[str, Any]:
    """The columns `settings` and `secrets`. A secret that is not named stays as it was kept, unless the
    part of the settings it is in has gone. Raises Invalid."""
    plain, fresh = split(model, settings)
    before = vault.decrypt(kept).items()
    secrets = joined({key: value for key, value in before if key in plain or not isinstance(value, dict)}, fresh)
    try:
        model.model_validate(joined(plain, secrets))
    except ValidationError as error:
        raise Invalid(fields={f"settings.{name}": why for name, why in findings(error).items()}) from error
    return {"settings": plain, "secrets": vault.encrypt(secrets) if secrets else None}
