"""What `streams topics check` finds: from descriptions, without a broker."""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import pytest

from streams.kafka.topic_checks import Finding, Inspection, WindowNeed, inspect_topics
from streams.kafka.topic_roles import Role
from streams.kafka.topics import TopicPlan, TopicSize, TopicState, create_command, plan_topics

NAMES: Mapping[Role, str] = {role: role.replace("_", "-") for role in get_args(Role)}
LIMIT = 1_000_000
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
SAFE = {"min.insync.replicas": "2"}


def healthy(*needs: WindowNeed) -> Inspection:
    plans = plan_topics(NAMES, TopicSize(replication_factor=3), LIMIT)
    states = {plan.name: TopicState(plan.name, plan.partitions, 3, {**plan.config, **SAFE}) for plan in plans}
    return Inspection(plans, states, needs, LIMIT, "broker:9092", HOUR_MS)


def with_config(role: Role, **config: str) -> Inspection:
    inspection = healthy(WindowNeed("hourly", 3_600_000))
    state = inspection.state(role)
    assert state is not None
    changed = replace(
        state, config={**state.config, **{name.replace("_", "."): value for name, value in config.items()}}
    )
    return replace(inspection, states={**inspection.states, state.name: changed})


def only(inspection: Inspection) -> Finding:
    (finding,) = inspect_topics(inspection)
    return finding


def test_topics_created_as_planned_have_no_findings() -> None:
    assert inspect_topics(healthy(WindowNeed("hourly", 3_600_000))) == ()


def test_labels_in_several_partitions_are_a_problem() -> None:
    inspection = healthy()
    states = {**inspection.states, "labels": replace(inspection.states["labels"], partitions=3)}

    finding = only(replace(inspection, states=states))

    assert (finding.severity, finding.topic) == ("problem", "labels")
    assert "3 partitions" in finding.text
    assert "1 partition" in finding.remedy


def test_a_missing_topic_is_a_problem_with_the_command_that_creates_it() -> None:
    inspection = healthy()
    states = {name: state for name, state in inspection.states.items() if name != "batches"}

    finding = only(replace(inspection, states=states))

    assert (finding.severity, finding.topic, finding.text) == ("problem", "batches", "does not exist")
    assert finding.remedy.startswith("kafka-topics.sh --bootstrap-server broker:9092 --create --topic batches")


def test_progress_needs_as_many_partitions_as_collected() -> None:
    inspection = healthy()
    states = {**inspection.states, "collected": replace(inspection.states["collected"], partitions=12)}

    finding = only(replace(inspection, states=states))

    assert finding.severity == "problem"
    assert finding.text == "has 4 partitions, but collected has 12"


def test_what_alert_rules_remember_needs_as_many_partitions_as_snapshots() -> None:
    inspection = healthy()
    states = {**inspection.states, "snapshots": replace(inspection.states["snapshots"], partitions=5)}

    finding = only(replace(inspection, states=states))

    assert (finding.topic, finding.text) == ("alert-progress", "has 2 partitions, but snapshots has 5")


@pytest.mark.parametrize("policy", ["delete", "compact,delete"])
def test_progress_that_is_not_kept_for_ever_is_a_problem(policy: str) -> None:
    finding = only(with_config("window_progress", cleanup_policy=policy))

    assert finding.severity == "problem"
    assert finding.remedy.endswith("--entity-name window-progress --add-config cleanup.policy=compact")


@pytest.mark.parametrize("role", ["predictions", "collected", "batches", "snapshots", "labels", "dead_letters"])
def test_a_log_that_is_compacted_is_a_problem(role: Role) -> None:
    assert only(with_config(role, cleanup_policy="compact")).severity == "problem"


def test_a_window_longer_than_collected_keeps_is_a_problem() -> None:
    finding = inspect_topics(healthy(WindowNeed("monthly", 14 * DAY_MS)))[0]

    assert (finding.severity, finding.topic) == ("problem", "collected")
    assert "monthly" in finding.text
    assert f"retention.ms={28 * DAY_MS}" in finding.remedy


def test_a_window_just_shorter_than_collected_keeps_is_none() -> None:
    needs = WindowNeed("fortnight", 14 * DAY_MS - 1)

    assert [each.topic for each in inspect_topics(healthy(needs)) if each.severity == "problem"] == []


def test_a_window_longer_than_predictions_keep_is_a_warning() -> None:
    finding = only(healthy(WindowNeed("weekly", 8 * DAY_MS)))

    assert (finding.severity, finding.topic) == ("warning", "predictions")


def test_a_window_that_only_rows_close_is_a_warning_where_the_log_is_not_kept_for_ever() -> None:
    finding = only(healthy(WindowNeed("every thousand", None)))

    assert (finding.severity, finding.topic) == ("warning", "collected")
    assert "every thousand" in finding.text


def test_a_log_kept_for_ever_suits_every_window() -> None:
    inspection = with_config("collected", retention_ms="-1")

    assert inspect_topics(replace(inspection, needs=(WindowNeed("every thousand", None),))) == ()


def test_retention_by_size_is_a_warning() -> None:
    assert only(with_config("collected", retention_bytes="1000000")).severity == "warning"


def test_one_replica_is_a_warning_for_each_topic() -> None:
    inspection = healthy()
    states = {
        name: replace(state, replication_factor=1, config={**state.config, "min.insync.replicas": "1"})
        for name, state in inspection.states.items()
    }

    findings = inspect_topics(replace(inspection, states=states))

    assert {finding.topic for finding in findings} == set(states)
    assert {finding.severity for finding in findings} == {"warning"}


def test_more_replicas_in_sync_than_there_are_is_a_problem() -> None:
    finding = only(with_config("collected", min_insync_replicas="4"))

    assert finding.severity == "problem"
    assert "nothing can be written" in finding.text


def test_acknowledgement_by_one_broker_is_a_warning() -> None:
    assert only(with_config("batches", min_insync_replicas="1")).severity == "warning"


def test_unclean_elections_are_a_problem() -> None:
    assert only(with_config("snapshots", unclean_leader_election_enable="true")).severity == "problem"


def test_predictions_that_take_more_than_the_limit_are_a_problem() -> None:
    finding = only(with_config("predictions", max_message_bytes="5000000"))

    assert finding.severity == "problem"
    assert "STREAMS_LIMITS_MAX_MESSAGE_BYTES=5000000" in finding.remedy


def test_dead_letters_that_take_no_more_than_predictions_are_a_problem() -> None:
    finding = only(with_config("dead_letters", max_message_bytes=str(LIMIT)))

    assert finding.severity == "problem"
    assert "max.message.bytes=" in finding.remedy


@pytest.mark.parametrize("older", [False, True])
def test_predictions_that_take_records_from_the_future_are_a_warning(*, older: bool) -> None:
    which = "message_timestamp_difference_max_ms" if older else "message_timestamp_after_max_ms"
    finding = only(with_config("predictions", **{which: str(2**63 - 1)}))

    assert (finding.severity, finding.topic) == ("warning", "predictions")
    assert "stamped any time ahead; those over windows.record_ahead_s become dead letters" in finding.text
    assert finding.remedy.endswith("message.timestamp.after.max.ms=3600000")


def test_a_broker_that_stamps_records_itself_takes_none_from_the_future() -> None:
    stamped = {"message_timestamp_type": "LogAppendTime", "message_timestamp_after_max_ms": str(2**63 - 1)}
    assert inspect_topics(with_config("predictions", **stamped)) == ()


def test_predictions_that_refuse_records_of_an_open_window_are_a_warning() -> None:
    finding = only(with_config("predictions", message_timestamp_before_max_ms=str(HOUR_MS // 2)))

    assert "refuses records stamped 0:30:00 ago" in finding.text


def test_problems_come_before_warnings() -> None:
    inspection = with_config("window_progress", cleanup_policy="delete")
    findings = inspect_topics(replace(inspection, needs=(WindowNeed("every thousand", None),)))

    assert [finding.severity for finding in findings] == ["problem", "warning"]


def test_the_create_command_is_one_that_a_shell_takes_as_it_is() -> None:
    plan = TopicPlan("predictions", "my predictions", 8, 3, {"cleanup.policy": "delete"})

    assert create_command(plan, "a:1,b:2") == (
        "kafka-topics.sh --bootstrap-server a:1,b:2 --create --topic 'my predictions' --partitions 8"
        " --replication-factor 3 --config cleanup.policy=delete"
    )
