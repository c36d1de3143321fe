"""How to reach Kafka: librdkafka's own properties, passed through untouched.

Properties are named as in librdkafka's CONFIGURATION.md and validated by librdkafka alone, so that whatever a
release of it understands can be set here. The environment writes them in capitals with underscores:
`KAFKA_SASL_USERNAME` is `sasl.username`; `KAFKA_CONSUMER_FETCH_MIN_BYTES` is `fetch.min.bytes`, for consumers only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

Role = Literal["properties", "consumer", "producer"]
ENVIRONMENT_PREFIX = "KAFKA_"
DEFAULT_SERVERS = "localhost:9092"

# No properties: read by Kafka's shell scripts and images, or set by Kubernetes for a service called "kafka".
_FOREIGN_VARIABLES = re.compile(
    r"KAFKA_(HOME|OPTS|HEAP_OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS|LOG4J_.*|JMX_OPTS|JMX_PORT|CLASSPATH"
    r"|VERSION|PORT|PORT_\d+_.*|SERVICE_HOST|SERVICE_PORT.*)"
)
# Under `sasl.` and `ssl.` a property is a secret unless known to be none: a misspelt `sasl.pasword` stays hidden.
_HARMLESS = re.compile(
    r"(sasl\.(mechanisms?|username|kerberos\.(service\.name|principal|keytab|min\.time\.before\.relogin)"
    r"|oauthbearer\.(method|client\.id|scope|extensions|token\.endpoint\.url|metadata\.authentication\.type))"
    r"|enable\.sasl\..*|enable\.ssl\..*|enable\.metrics\.push"
    r"|ssl\.(ca|certificate|crl|key|keystore|engine)\.location|ssl\.cipher\.suites|ssl\.curves\.list|ssl\.sigalgs\.list"
    r"|ssl\.endpoint\.identification\.algorithm|ssl\.ca\.certificate\.stores|ssl\.providers|ssl\.ca\.pem)"
)
_SECRET_WORDS = re.compile(r"pass|pwd|secret|token|credential|private|jaas|user\.info|\.pem$")

Property = str | SecretStr


def is_secret(name: str) -> bool:
    """Whether the value of this property must never be shown."""
    if _HARMLESS.fullmatch(name):
        return False
    return name.startswith(("sasl.", "ssl.")) or _SECRET_WORDS.search(name) is not None


def reveal(value: Property) -> str:
    """The value as librdkafka needs it."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _as_properties(value: object) -> dict[str, Property]:
    """YAML may hold booleans and numbers, librdkafka takes text."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping of librdkafka properties to values")  # noqa: TRY004 - pydantic wants it so
    return dict(_property(str(name), each) for name, each in value.items())


def _property(name: str, value: object) -> tuple[str, Property]:
    if isinstance(value, SecretStr):
        return name, value
    if not isinstance(value, str | bool | int | float):
        raise ValueError(f"property {name} must be text, a number or a boolean")  # noqa: TRY004 - see above
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return name, SecretStr(text) if is_secret(name) else text


Properties = Annotated[dict[str, Property], BeforeValidator(_as_properties)]


class Connection(BaseModel):
    """librdkafka properties of every client, and of one role only (which win)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    properties: Properties = {}
    consumer: Properties = {}
    producer: Properties = {}

    @property
    def bootstrap_servers(self) -> str:
        """Where clients begin: `host:port`, separated by commas."""
        return self.given_servers or DEFAULT_SERVERS

    @property
    def given_servers(self) -> str | None:
        """The same where somebody said so; None where it is the default."""
        return reveal(self.properties["bootstrap.servers"]) if "bootstrap.servers" in self.properties else None


def properties_of_environment(environ: Mapping[str, str]) -> dict[str, tuple[Role, str, str]]:
    """What each `KAFKA_...` variable sets: variable -> (role, property, value). An empty one sets nothing."""
    return {
        name: (*_named(name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("_", ".")), value)
        for name, value in sorted(environ.items())
        if name.startswith(ENVIRONMENT_PREFIX) and value and not _FOREIGN_VARIABLES.fullmatch(name)
    }


def properties_of_flags(assignments: Iterable[str]) -> list[tuple[Role, str, str]]:
    """What `-X name=value` sets: (role, property, value); a name may begin with `consumer.` or `producer.`.

    Raises ValueError for what is no assignment.
    """
    return [_assignment(text) for text in assignments]


def _assignment(text: str) -> tuple[Role, str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        # Not quoted: it may be a secret with its name forgotten.
        raise ValueError("-X takes property=value, for example -X security.protocol=SSL")
    return (*_named(name.strip()), value)


def _named(name: str) -> tuple[Role, str]:
    for role in ("consumer", "producer"):
        if name.startswith(f"{role}."):
            return role, name.removeprefix(f"{role}.")
    return "properties", name
