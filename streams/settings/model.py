"""Everything that can be set. Read once, then passed down as values.

A setting `section.name` of the file is `STREAMS_SECTION_NAME` in the environment. Kafka's own properties are
`KAFKA_...` (see `streams.kafka.connection`). Credentials of object stores are those of their own clients (`AWS_...`,
Google's application default credentials).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
    model_validator,
)

from streams.kafka.connection import DEFAULT_SERVERS, Connection
from streams.kafka.topic_roles import Role

# Kafka's record framing, key and headers around a segment; Arrow's columns and schema around its only event.
SEGMENT_FRAMING_BYTES = 8_192
EVENT_FRAMING_BYTES = 16_384

Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]+$", min_length=1, max_length=200)]
_USER_INFO = re.compile(r"(?<=://)[^/\s]+@")


def _refuse_credentials(uri: str) -> str:
    if _USER_INFO.search(uri):
        raise ValueError("holds credentials: leave them out of the URI and set them by their own settings")
    return uri


Uri = Annotated[str, StringConstraints(min_length=1), AfterValidator(_refuse_credentials)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Topics(_Section):
    """Names of the topics."""

    predictions: Name = "predictions"
    collected: Name = "collected"
    batches: Name = "batches"
    snapshots: Name = "snapshots"
    labels: Name = "labels"
    dead_letters: Name = "dead-letters"
    window_progress: Name = "window-progress"
    alerts: Name = "alerts"
    alert_progress: Name = "alert-progress"

    def by_role(self) -> dict[Role, str]:
        """Each topic's name under its role."""
        return {role: getattr(self, role) for role in get_args(Role)}

    @model_validator(mode="after")
    def _names_differ(self) -> Topics:
        names = list(self.model_dump().values())
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two topics are called {twice[0]!r}: give each a name of its own")
        return self


class Limits(_Section):
    """Bounds on memory, messages and time."""

    max_message_bytes: PositiveInt = Field(
        1_048_588, description="largest message of any topic but dead-letters; the default is the brokers'"
    )
    max_event_bytes: PositiveInt = Field(1_000_000, description="a larger event is a dead letter")
    max_decoded_bytes: PositiveInt = Field(
        64 << 20, description="a message that becomes larger when it is decompressed and decoded is a dead letter"
    )
    chunk_messages: PositiveInt = Field(30_000, description="messages of one poll at most")
    poll_timeout_s: PositiveFloat = Field(0.1, description="a poll waits this long for a full chunk")
    in_flight_bytes: PositiveInt = Field(36 << 20, description="polling waits above this many bytes unfinished")
    dead_letter_share: float = Field(
        0.5, gt=0, le=1, description="a worker stops where a larger share of a partition's messages cannot be read"
    )
    dead_letter_sample: PositiveInt = Field(1_000, description="that share is judged over so many messages")
    commit_interval_s: PositiveFloat = Field(0.5, description="a transaction is committed this often")
    transaction_timeout_s: PositiveFloat = Field(
        15.0, description="the broker aborts a dead worker's transaction after"
    )
    start_wait_s: float = Field(
        600.0, ge=0, description="a worker that starts waits this long for a broker or store that is away"
    )
    drain_budget_s: PositiveFloat = Field(20.0, description="SIGTERM and revoked partitions: finish within this time")

    @property
    def segment_bytes(self) -> int:
        """Largest value of a message of one's own making: what is larger is split."""
        return self.max_message_bytes - SEGMENT_FRAMING_BYTES

    @model_validator(mode="after")
    def _an_event_fits_a_segment(self) -> Limits:
        largest = self.segment_bytes - EVENT_FRAMING_BYTES
        if self.max_event_bytes > largest:
            raise ValueError(
                f"max_event_bytes is {self.max_event_bytes}, but max_message_bytes={self.max_message_bytes}"
                f" has room for an event of {max(largest, 0)}: lower the one or raise the other"
            )
        return self


class Windows(_Section):
    """What keeps windows moving."""

    idle_after_s: PositiveFloat = Field(30.0, description="a source partition silent for so long holds no window back")
    heartbeat_s: PositiveFloat = Field(1.0, description="watermarks are written to the log this often")
    copy_bytes: PositiveInt = Field(
        64 << 20, description="a restart reads about so much of the log; the rest is in copies"
    )
    earliest_time: AwareDatetime = Field(
        datetime(2000, 1, 1, tzinfo=UTC), description="an event or record of an earlier time is a dead letter"
    )
    record_ahead_s: PositiveFloat = Field(
        3_600.0, description="a record stamped further ahead of the worker's clock is a dead letter"
    )
    event_ahead_s: PositiveFloat = Field(
        86_400.0,
        description="an event further ahead of its record's timestamp is a dead letter",
    )


class Reports(_Section):
    """How reports are computed."""

    processes: PositiveInt = Field(1, description="processes that compute reports")
    timeout_s: PositiveFloat = Field(
        600.0, description="a report that takes longer is ended: its batch has an error snapshot"
    )


class Alerts(_Section):
    """How webhooks are told of alerts."""

    attempts: PositiveInt = Field(8, description="an alert that so many attempts could not deliver is a dead letter")
    stale_after_s: PositiveFloat = Field(86_400.0, description="an older alert is told to no webhook")


class Snapshots(_Section):
    """How snapshots are published."""

    format: Literal["json", "avro"] = Field("json", description="encoding on the snapshots topic")
    inline_bytes: PositiveInt = Field(
        500_000, description="of a longer snapshot the topic has a summary, and the key and hash of the stored object"
    )


class Labels(_Section):
    """How delayed ground truth finds its predictions."""

    wait_s: PositiveFloat = Field(
        86_400.0, description="a label waits so long for its batch: give it more than the longest window has"
    )
    batches_s: PositiveFloat = Field(
        2_592_000.0, description="so long after a batch was published, labels are still joined to its rows"
    )
    revise_s: PositiveFloat = Field(10.0, description="model quality is published anew this often at most")


class ObjectStore(_Section):
    """Where batches and snapshots are kept."""

    uri: Uri = Field("data/objects", description="a folder, s3://bucket/prefix or gs://bucket/prefix")
    s3_endpoint_url: Uri | None = Field(None, description="an S3 server other than AWS, such as http://localhost:9000")


class SchemaRegistry(_Section):
    """A Confluent-compatible schema registry; without url the shipped schemas are used."""

    url: Uri | None = None
    username: str | None = None
    password: SecretStr | None = None
    ca_location: Path | None = Field(
        None, description="PEM file of the authority that signed the registry's certificate"
    )


class Web(_Section):
    """Where the worker answers /livez, /readyz and /metrics."""

    host: str = Field("127.0.0.1", description="0.0.0.0 lets other machines in")
    port: int = Field(6066, ge=0, le=65_535, description="0 takes a free one; so does the default where it is taken")


class Settings(_Section):
    """Everything that can be set, with defaults that suit one machine."""

    kafka: Connection = Connection()
    topics: Topics = Topics()
    limits: Limits = Limits()
    windows: Windows = Windows()
    reports: Reports = Reports()
    snapshots: Snapshots = Snapshots()
    alerts: Alerts = Alerts()
    labels: Labels = Labels()
    store: ObjectStore = ObjectStore()
    registry: SchemaRegistry = SchemaRegistry()
    web: Web = Web()
    collectors: Path = Field(Path("collectors.yaml"), description="the collectors file")
    group_prefix: Name = Field("streams", description="consumer groups are {group_prefix}-{stage}")
    instance: Name = Field("local", description="this process among its kind; default: host name and process id")

    def group_id(self, stage: str) -> str:
        """The consumer group of a stage."""
        return f"{self.group_prefix}-{stage}"

    def client_id(self, stage: str) -> str:
        """How brokers and their logs call this process."""
        return f"{self.group_prefix}-{stage}-{self.instance}"

    def masked(self) -> dict[str, object]:
        """Everything as plain JSON values, secrets as asterisks."""
        shown = self.model_dump(mode="json")
        shown["kafka"]["properties"] = {"bootstrap.servers": DEFAULT_SERVERS, **shown["kafka"]["properties"]}
        masked = without_user_info(shown)
        assert isinstance(masked, dict)  # noqa: S101 - a model dumps to a mapping
        return masked


def without_user_info(value: object) -> object:
    """URLs may carry `user:password@`, also where they have no business to be."""
    if isinstance(value, dict):
        return {key: without_user_info(each) for key, each in value.items()}
    return _USER_INFO.sub("**********@", value) if isinstance(value, str) else value
