"""Which settings of a channel are secrets (pydantic SecretStr), and keeping them out of states and logs."""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "********"


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields that are, or contain, a secret."""
    return frozenset(name for name, field in model.model_fields.items() if _is_secret(field.annotation))


def split(model: type[BaseModel] | None, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings as (plain, secret): what the model marks as secret belongs into the vault. A model within it is split
    likewise; a list that holds secrets is one, and so is everything of a model nobody knows."""
    plain: dict[str, Any] = {}
    secret: dict[str, Any] = {}
    hidden = secret_names(model) if model else frozenset(settings)
    for key, value in settings.items():
        inner = _model_within(model.model_fields[key].annotation) if model and key in hidden else None
        if key not in hidden:
            plain[key] = value
        elif inner is not None and isinstance(value, Mapping):
            plain[key], kept = split(inner, value)
            secret |= {key: kept} if kept else {}
        elif value:
            secret[key] = value
    return plain, secret


def joined(plain: Mapping[str, Any], secret: Mapping[str, Any]) -> dict[str, Any]:
    """What `split` parted; where both say something, `secret` does."""
    whole = dict(plain)
    for key, value in secret.items():
        before = plain.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            value = joined(before, value)
        whole[key] = value
    return whole


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


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """The one model this is, or may be."""
    found = [each for each in (annotation, *get_args(annotation)) if isinstance(each, type)]
    models = [each for each in found if issubclass(each, BaseModel)]
    return models[0] if len(models) == 1 and get_origin(annotation) in {None, Union, UnionType} else None
