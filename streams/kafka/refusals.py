"""Errors that waiting does not mend: a topic that is gone, a right that is missing. Each with its remedy."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import KafkaError

from streams.kafka.errors import KafkaStageError

_GONE = (
    "topic {topic} is not there any more: create it again with `streams topics create`, and where it had records that"
    " were not read yet, they are lost; a new topic begins at offset 0, so move its groups there or set another"
    " group_prefix (STREAMS_GROUP_PREFIX)"
)
_GRANT = "grant it, as by kafka-acls --add --allow-principal User:NAME"
_RIGHTS: Mapping[int, str] = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "no right to read, write or describe topic {topic}: "
    f"{_GRANT} --operation Read --operation Write --operation Describe --topic {{flags}}",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "no right to use a consumer group of topic {topic}: "
    f"{_GRANT} --operation Read --resource-pattern-type prefixed --group GROUP_PREFIX",
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "no right to write transactions of {topic}: "
    f"{_GRANT} --operation Write --operation Describe --resource-pattern-type prefixed --transactional-id GROUP_PREFIX",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "no right to write idempotently: "
    f"{_GRANT} --operation IdempotentWrite --cluster",
}
_REMEDIES: Mapping[int, str] = {
    KafkaError.UNKNOWN_TOPIC_OR_PART: _GONE,
    KafkaError._UNKNOWN_TOPIC: _GONE,  # noqa: SLF001 - the library's only name for it
    KafkaError._UNKNOWN_PARTITION: _GONE,  # noqa: SLF001 - as above
    **_RIGHTS,
}


def refusal(error: KafkaError, *names: str) -> KafkaStageError | None:
    """What to raise where an error about these topics can only be mended by somebody; None where it may pass."""
    remedy = _REMEDIES.get(error.code())
    if remedy is None:
        return None
    said = remedy.format(topic=", ".join(names), flags=" --topic ".join(names))
    return KafkaStageError(f"{said} ({error.name()}: {error.str()})")


def missing_right(error: KafkaError, *names: str) -> KafkaStageError | None:
    """The same for a producer and what it uses, where only missing rights stay: its topics may be unknown for a
    moment.
    """
    return refusal(error, *names) if error.code() in _RIGHTS else None
