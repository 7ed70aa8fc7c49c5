"""The routing journal's bytes: facts, decisions and snapshots to JSON and back, compressed."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import orjson
from pydantic import TypeAdapter

from hub.routing import documents
from hub.routing import events as facts
from hub.routing.decisions import Decision
from hub.routing.policy import QueuePolicy
from hub.routing.snapshots import Agent, Held, OpenOffer, Refusal, Snapshot, Turn, Work

Cycle = tuple[datetime, Sequence[facts.Event], Sequence[Decision]]
_PARTS: dict[str, Any] = {
    "agents": tuple[Agent, ...],
    "waiting": tuple[Work, ...],
    "held": tuple[Held, ...],
    "offers": tuple[OpenOffer, ...],
    "turns": tuple[Turn, ...],
    "refused": tuple[Refusal, ...],
}
_adapters: dict[Any, TypeAdapter[Any]] = {}


def cycles_body(cycles: Sequence[Cycle]) -> bytes:
    """Rounds of the router."""
    return _packed([[at.isoformat(), [_fact(each) for each in heard], told(decided)] for at, heard, decided in cycles])


def read_cycles(body: bytes) -> Iterator[tuple[datetime, list[facts.Event], list[Any]]]:
    """What `cycles_body` wrote: the moment, the facts, and the decisions as `told` puts them."""
    for at, heard, decided in _unpacked(body):
        yield datetime.fromisoformat(at), [_read_fact(each) for each in heard], decided


def snapshot_body(state: Snapshot, settings: Mapping[str, Any]) -> bytes:
    """What a new owner starts from; `settings` as the site keeps them."""
    parts: dict[str, Any] = {
        name: _adapter(of).dump_python(getattr(state, name), mode="json") for name, of in _PARTS.items()
    }
    parts["queues"] = [_policy(each) for each in state.queues]
    return _packed([parts, dict(settings)])


def read_snapshot(body: bytes) -> tuple[Snapshot, dict[str, Any]]:
    """What `snapshot_body` wrote."""
    parts, settings = _unpacked(body)
    read = {name: _adapter(of).validate_python(parts.get(name, ())) for name, of in _PARTS.items()}
    return Snapshot(**read, queues=tuple(_read_policy(each) for each in parts["queues"])), settings


def told(decisions: Sequence[Decision]) -> list[list[Any]]:
    """Decisions in short: what, about which work, for which agent."""
    return [[type(each).__name__, getattr(each, "work", None), getattr(each, "agent", None)] for each in decisions]


def _fact(fact: facts.Event) -> list[Any]:
    if isinstance(fact, facts.QueueChanged):
        return [type(fact).__name__, _policy(fact.policy)]
    return [type(fact).__name__, _adapter(type(fact)).dump_python(fact, mode="json")]


def _read_fact(document: Sequence[Any]) -> facts.Event:
    name, fields = document
    if name == facts.QueueChanged.__name__:
        return facts.QueueChanged(_read_policy(fields))
    read: facts.Event = _adapter(_FACTS[name]).validate_python(fields)
    return read


def _policy(policy: QueuePolicy) -> list[Any]:
    return [policy.id, dict(policy.source)]


def _read_policy(document: Sequence[Any]) -> QueuePolicy:
    queue, source = document
    return documents.policy(queue, source.get("routing", {}), source.get("hours", {}))


def _adapter(of: Any) -> TypeAdapter[Any]:
    """Made when first needed: a node that never owns routing never needs them."""
    if of not in _adapters:
        _adapters[of] = TypeAdapter(of)
    return _adapters[of]


def _packed(value: Any) -> bytes:
    return zlib.compress(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS), 1)


def _unpacked(body: bytes) -> Any:
    return orjson.loads(zlib.decompress(body))


_FACTS: dict[str, type] = {each.__name__: each for each in get_args(facts.Event)}
