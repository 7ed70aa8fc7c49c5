"""Policies as they are stored: plain JSON to values and nothing else. What is stored has been checked on its way in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.model.hours import OpeningHours
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, RoutingSettings, Strategy


def policy(queue: int, routing: Mapping[str, Any], hours: Mapping[str, Any]) -> QueuePolicy:
    """A queue's policy from its two documents; what is absent is as plain as can be.

    `routing` is `{"strategy", "width", "auto_accept", "rings": [{"after", "skills", "queues"}],
    "overflow": [{"reason", "limit", "queue", "action"}]}`, queues by id.
    """
    return QueuePolicy(
        id=queue,
        strategy=Strategy(routing.get("strategy", Strategy.LEAST_BUSY)),
        rings=tuple(_ring(each) for each in sorted(routing.get("rings", ()), key=lambda ring: float(ring["after"]))),
        overflow=tuple(_rule(each) for each in routing.get("overflow", ())),
        hours=OpeningHours.parse(hours),
        auto_accept=bool(routing.get("auto_accept", False)),
        width=int(routing.get("width", 0)),
        source={"routing": dict(routing), "hours": dict(hours)},
    )


def settings(document: Mapping[str, Any]) -> RoutingSettings:
    """The site's: `{"priority_seconds", "preference_seconds"}`; absent ones are the defaults."""
    plain = RoutingSettings()
    return RoutingSettings(
        priority=_span(document, "priority_seconds", plain.priority),
        preference=_span(document, "preference_seconds", plain.preference),
        pause=plain.pause,
        cool_down=plain.cool_down,
        retry=plain.retry,
        bridge=plain.bridge,
    )


def _ring(document: Mapping[str, Any]) -> Ring:
    return Ring(float(document["after"]), dict(document.get("skills", {})), tuple(document.get("queues", ())))


def _rule(document: Mapping[str, Any]) -> OverflowRule:
    return OverflowRule(
        OverflowReason(document["reason"]),
        float(document.get("limit", 0)),
        document.get("queue"),
        document.get("action", "queue"),
    )


def _span(document: Mapping[str, Any], key: str, otherwise: timedelta) -> timedelta:
    return timedelta(seconds=document[key]) if key in document else otherwise
