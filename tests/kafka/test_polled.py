"""From polled messages to columns."""

import pytest
from confluent_kafka import KafkaError, KafkaException, Message

from streams.kafka.errors import KafkaStageError, LogTruncatedError
from streams.kafka.polled import columns_of, ends_of, size_of, split_ends


def message(partition: int, offset: int, value: bytes | None = b"v") -> Message:
    headers = [("h", b"1")] if offset % 2 else None
    return Message(
        topic="t", partition=partition, offset=offset, value=value, timestamp=(1, 1000 + offset), headers=headers
    )


def trouble(code: int, partition: int = 0) -> Message:
    return Message(topic="t", partition=partition, offset=9, error=KafkaError(code))


def test_messages_are_laid_out_as_columns() -> None:
    raw = columns_of("t", [message(1, 5), message(0, 6, None)])

    assert (raw.topic, raw.values) == ("t", [b"v", None])
    assert (raw.partitions.tolist(), raw.offsets.tolist(), raw.timestamps_ms.tolist()) == ([1, 0], [5, 6], [1005, 1006])
    assert raw.headers == [[("h", b"1")], None]
    assert size_of(raw) == 1


def test_the_next_offset_is_that_of_each_partition_s_last_message() -> None:
    raw = columns_of("t", [message(3, 5), message(0, 8), message(3, 6), message(0, 9)])

    assert ends_of(raw) == {0: 10, 3: 7}


def test_ends_are_parted_from_messages() -> None:
    messages, ends = split_ends([message(0, 1), trouble(KafkaError._PARTITION_EOF, 2), message(0, 2)])

    assert [each.offset() for each in messages] == [1, 2]
    assert ends == [2]


def test_an_offset_that_the_log_lost_stops_with_its_place() -> None:
    with pytest.raises(LogTruncatedError, match="t-1: the log no longer holds"):
        split_ends([trouble(KafkaError._AUTO_OFFSET_RESET, 1)])


def test_a_group_that_went_on_while_nobody_polled_is_no_reason_to_stop() -> None:
    messages, ends = split_ends([trouble(KafkaError._MAX_POLL_EXCEEDED), message(0, 1)])

    assert ([each.offset() for each in messages], ends) == ([1], [])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, "no right to read, write or describe topic t: .*--topic t"),
        (KafkaError.GROUP_AUTHORIZATION_FAILED, "no right to use a consumer group of topic t"),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, "topic t is not there any more: .*streams topics create"),
        (KafkaError._UNKNOWN_PARTITION, "topic t is not there any more"),
    ],
)
def test_what_only_somebody_can_mend_stops_with_its_remedy(code: int, said: str) -> None:
    with pytest.raises(KafkaStageError, match=said):
        split_ends([message(0, 1), trouble(code)])


def test_any_other_error_is_raised() -> None:
    with pytest.raises(KafkaException):
        split_ends([message(0, 1), trouble(KafkaError._TRANSPORT)])
