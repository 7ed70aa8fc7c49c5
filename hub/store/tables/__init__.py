"""The core's tables, one schema for both databases, one file a group."""

from hub.store.tables.customers import asset_types, assets, customers, erasures, identities, identity_candidates, merges
from hub.store.tables.inbound import parts, raws
from hub.store.tables.interactions import interactions, segments, threads
from hub.store.tables.messages import attachments, blobs, deliveries, drafts, messages, templates
from hub.store.tables.parties import parties
from hub.store.tables.promises import callbacks, own_boxes, voicemails
from hub.store.tables.record import events, idempotency, timers, webhooks
from hub.store.tables.shape import metadata
from hub.store.tables.site import accounts, connections, counters, departments, leases, queues, site
from hub.store.tables.tickets import ticket_history, tickets
from hub.store.tables.users import api_tokens, audit, presence, queue_members, roles, sessions, users
from hub.store.tables.work import offers, routing_journal, work

__all__ = [
    "accounts",
    "api_tokens",
    "asset_types",
    "assets",
    "attachments",
    "audit",
    "blobs",
    "callbacks",
    "connections",
    "counters",
    "customers",
    "deliveries",
    "departments",
    "drafts",
    "erasures",
    "events",
    "idempotency",
    "identities",
    "identity_candidates",
    "interactions",
    "leases",
    "merges",
    "messages",
    "metadata",
    "offers",
    "own_boxes",
    "parties",
    "parts",
    "presence",
    "queue_members",
    "queues",
    "raws",
    "roles",
    "routing_journal",
    "segments",
    "sessions",
    "site",
    "templates",
    "threads",
    "ticket_history",
    "tickets",
    "timers",
    "users",
    "voicemails",
    "webhooks",
    "work",
]
