"""Which settings of a channel are secrets (pydantic SecretStr), so that they are encrypted apart and never shown."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "********"


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields that are, or contain, a secret."""
    return frozenset(name for name, field in model.model_fields.items() if _is_secret(field.annotation))


def split(settings: BaseModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings as JSON in two halves: what may be shown, and what must be encrypted."""
    values = plain(settings)
    secret = secret_names(type(settings))
    return ({k: v for k, v in values.items() if k not in secret}, {k: v for k, v in values.items() if k in secret})


def plain(settings: BaseModel) -> dict[str, Any]:
    """The settings as JSON with every secret in the clear: for the vault, never for a screen or a log."""
    dumped: dict[str, Any] = settings.model_dump(mode="json")
    return {name: _revealed(getattr(settings, name), dumped[name]) for name in dumped}


def redact(text: str, settings: BaseModel) -> str:
    """The text with every secret of these settings blotted out, for states and logs."""
    for secret in sorted(_secrets(settings), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _revealed(value: Any, dumped: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, SecretBytes):
        return value.get_secret_value().decode()
    if isinstance(value, BaseModel):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _revealed(inner, dumped[key]) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_revealed(inner, outer) for inner, outer in zip(value, dumped, strict=True)]
    return dumped


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr | SecretBytes):
        if shown := _revealed(value, None):
            yield shown
    elif isinstance(value, BaseModel):
        yield from _secrets({name: getattr(value, name) for name in type(value).model_fields})
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(inner)


def _is_secret(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, SecretStr | SecretBytes):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(secret_names(annotation))
    return any(_is_secret(inner) for inner in get_args(annotation))
