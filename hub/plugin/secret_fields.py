"""Which settings of a channel are secrets (pydantic SecretStr), and keeping them out of states and logs."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "********"


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields that are, or contain, a secret."""
    return frozenset(name for name, field in model.model_fields.items() if _is_secret(field.annotation))


def redact(text: str, settings: BaseModel) -> str:
    """The text with every secret of these settings blotted out."""
    for secret in sorted(_secrets(settings), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, SecretBytes):
        yield from filter(None, [value.get_secret_value().decode(errors="replace")])
    elif isinstance(value, SecretStr):
        yield from filter(None, [value.get_secret_value()])
    else:
        for inner in _inside(value):
            yield from _secrets(inner)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []


def _is_secret(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, SecretStr | SecretBytes):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(secret_names(annotation))
    return any(_is_secret(inner) for inner in get_args(annotation))
