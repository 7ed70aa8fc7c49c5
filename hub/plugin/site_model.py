"""What stands in a site file (hub.toml): how the site runs, and what it is set up with at its first start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from hub.api import Address, Medium
from hub.model.hours import OpeningHours
from hub.routing.policy import OverflowReason, Strategy


def read_hours(value: dict[str, Any]) -> dict[str, Any]:
    """Refuses hours that could not be read when somebody waits."""
    try:
        OpeningHours.parse(value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not opening hours: {error}") from error
    return value


Hours = Annotated[dict[str, Any], AfterValidator(read_hours)]


class Table(BaseModel):
    """A table of the site file: what is not known is a mistake, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_address(value: object) -> object:
    """Addresses are written "scheme:value"."""
    if isinstance(value, str):
        scheme, colon, rest = value.partition(":")
        if not (scheme and colon and rest):
            raise ValueError('an address is written "scheme:value", for instance "mailto:support@example.org"')
        return Address(scheme, rest)
    return value


AddressText = Annotated[Address, BeforeValidator(read_address)]
Language = Literal["en", "zh"]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


def _both() -> list[Language]:
    return ["en", "zh"]


class SiteTable(Table):
    """[site]: read at every start. `plugins` is the allow-list: what is not in it is never imported."""

    name: Text = Field(default="Contact Hub", description="Shown in the inbox and on documents")
    plugins: list[str] = Field(default_factory=list, description="The plugins this site uses, by name")
    languages: list[Language] = Field(default_factory=_both, description="Languages offered")
    data: Path = Field(
        default=Path("var"),
        description="Folder of the database and the key file, from the site file's own folder",
        json_schema_extra={"env": "HUB_DATA"},
    )
    database: str = Field(
        default="",
        description='"postgresql://user:password@host/name", or empty for SQLite in the data folder',
        json_schema_extra={"env": "HUB_DATABASE"},
    )
    key_file: Path = Field(
        default=Path("site.key"),
        description="The key that encrypts secrets; made at the first start, readable by the hub alone; keep a copy",
        json_schema_extra={"env": "HUB_KEY_FILE"},
    )
    encrypt_files: bool = Field(
        default=False,
        description="Encrypt recordings, attachments and raw inputs with that key from now on; what was stored before "
        "stays as it is, and readable",
        json_schema_extra={"env": "HUB_ENCRYPT_FILES"},
    )
    host: str = Field(
        default="127.0.0.1", description="Where the web server listens", json_schema_extra={"env": "HUB_HOST"}
    )
    port: int = Field(
        default=8080,
        ge=0,
        le=65535,
        description="Its port; 0 asks the system for one",
        json_schema_extra={"env": "HUB_PORT"},
    )
    url: str = Field(
        default="",
        description="How people reach the site from outside (https://hub.example.org), when behind a proxy",
        json_schema_extra={"env": "HUB_URL"},
    )
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses or networks whose X-Forwarded-For is believed"
    )
    origins: list[str] = Field(
        default_factory=list, description="Further Origins (https://host) from which a page may open the event stream"
    )
    private_webhooks: bool = Field(
        default=False, description="Whether outgoing webhooks may go to private, loopback and link-local addresses"
    )
    park_seconds: int = Field(
        default=120, ge=1, le=86_400, description="How long a parked call waits; then it goes back to who parked it"
    )
    input_days: int = Field(
        default=90,
        ge=1,
        le=36_500,
        description="How long receipts, repetitions and discarded inputs are kept as they came; those of messages stay",
    )
    monitoring: Literal["visible", "silent"] = Field(
        default="visible",
        description='"visible": agents see that a supervisor is in their call; "silent": supervisors alone do',
    )


class DepartmentTable(Table):
    """[[departments]]"""

    name: Text
    parent: str = Field(default="", description="Name of the department above")


class RingTable(Table):
    """[[queues.routing.rings]]"""

    after: float = Field(ge=0, description="Seconds in the queue from which this holds")
    skills: dict[str, int] = Field(default_factory=dict, description="Levels that are enough then; 0 is not asked for")
    queues: list[str] = Field(default_factory=list, description="Keys of queues whose agents help then")


class OverflowTable(Table):
    """[[queues.routing.overflow]]"""

    reason: OverflowReason
    limit: float = Field(default=0, ge=0, description="WAIT: seconds; DEPTH: how many wait already")
    queue: str = Field(default="", description="Key of the queue it moves to")
    action: Literal["queue", "callback", "message", "end"] = "queue"


class TargetTable(Table):
    """[[queues.routing.targets]]"""

    medium: Medium | None = None
    percent: int = Field(default=80, ge=1, le=100)
    seconds: int = Field(default=20, ge=0)


class QueueRoutingTable(Table):
    """[queues.routing]"""

    strategy: Strategy = Strategy.LEAST_BUSY
    width: int = Field(default=0, ge=0, description="How many agents ALL_RING rings at once; 0 is all")
    auto_accept: bool = False
    rings: list[RingTable] = Field(default_factory=list)
    overflow: list[OverflowTable] = Field(default_factory=list)
    last_agent_seconds: int = Field(default=0, ge=0, description="How long work is kept for the customer's last agent")
    targets: list[TargetTable] = Field(default_factory=list)
    missed_calls: bool | None = Field(default=None, description="Whether whoever gave up waiting is owed an answer")
    callback_attempts: int = Field(default=3, ge=1, le=20, description="How often who was promised a call is tried")
    callback_pause: int = Field(default=900, ge=60, le=86_400, description="Seconds between two of these attempts")
    agent_hangs_up: Literal["end", "queue"] = Field(default="end", description="What becomes of a caller then")

    def document(self, ids: Mapping[str, int]) -> dict[str, Any]:
        """As it is stored: queues by id. Raises KeyError for a queue that is not there."""
        plain = self.model_dump(mode="json")
        for ring in plain["rings"]:
            ring["queues"] = [ids[key] for key in ring["queues"]]
        for rule in plain["overflow"]:
            rule["queue"] = ids[rule["queue"]] if rule["queue"] else None
        return plain


class QueueTable(Table):
    """[[queues]]"""

    key: Key
    name: Text
    department: str = Field(default="", description="Name of a department")
    skills: dict[str, int] = Field(default_factory=dict, description="Skill and the level an agent needs of it")
    priority: int = 0
    offer_seconds: int = Field(default=30, ge=1, description="How long an agent has to accept")
    wrap_up_seconds: int = Field(default=0, ge=0)
    dispositions: list[str] = Field(default_factory=list, description="Wrap-up codes")
    hours: Hours = Field(default_factory=dict, description="Opening hours; empty is always open")
    routing: QueueRoutingTable = Field(default_factory=QueueRoutingTable, description="How it is served")


class ConnectionTable(Table):
    """[[connections]]"""

    name: Text
    channel: Key
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict, description="What the channel asks for")


class AccountTable(Table):
    """[[accounts]]"""

    name: Text
    channel: Key
    address: AddressText = Field(description='"scheme:value"')
    connection: str = Field(default="", description="Name of a connection")
    queue: str = Field(default="", description="Key of a queue")
    department: str = Field(default="", description="Name of a department")
    flow: str = Field(default="", description="Name of a self-service flow")
    opens_ticket: bool = False
    language: str = "en"
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict, description="What the channel asks for")


class UserTable(Table):
    """[[users]]"""

    login: Key
    name: Text
    password: SecretStr | None = Field(
        default=None, description="Best from a file or the environment; else one is made up"
    )
    roles: list[str] = Field(default_factory=lambda: ["agent"])
    department: str = Field(default="", description="Name of a department")
    queues: list[str] = Field(default_factory=list, description="Keys of the queues this user takes work from")
    language: Language = "en"
    skills: dict[str, int] = Field(default_factory=dict)
    capacity: dict[str, int] = Field(default_factory=dict)


class SiteFile(Table):
    """The whole file. [site] and [plugins.*] are read at every start; the rest is taken over at the first."""

    site: SiteTable = SiteTable()
    plugins: dict[str, dict[str, Any]] = Field(default_factory=dict)
    departments: list[DepartmentTable] = Field(default_factory=list)
    queues: list[QueueTable] = Field(default_factory=list)
    connections: list[ConnectionTable] = Field(default_factory=list)
    accounts: list[AccountTable] = Field(default_factory=list)
    users: list[UserTable] = Field(default_factory=list)
    path: Path = Field(default=Path("hub.toml"), exclude=True)

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return (self.path.parent / self.site.data).resolve()

    @property
    def key_file(self) -> Path:
        """The key file, absolute."""
        return self.data / self.site.key_file

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.site.database or f"sqlite:///{self.data / 'hub.db'}"
