"""Who is in a call without having been offered it: a number outside, a supervisor."""

from sqlalchemy import Table

from hub.store.tables.shape import document, flag, identifier, instant, metadata, reference, string

parties = Table(
    "parties",
    metadata,
    identifier(),
    reference("interaction_id", "interactions", null=False, index=True),
    string("kind", 20),
    string("state", 20, "RINGING"),
    reference("user_id", "users"),
    document("address"),
    string("mode", 20),
    reference("whom_id", "users"),
    flag("visible", True),
    reference("by_id", "users", null=False),
    reference("offer_id", "offers"),
    string("cause", 80),
    instant("created_at", null=False),
    instant("expires_at", null=False),
    instant("up_at"),
    instant("ended_at"),
)
