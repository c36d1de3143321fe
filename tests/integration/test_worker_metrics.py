"""What a worker tells about itself: its counters are exactly what it committed, and its gauges what there is."""

import signal
from collections import Counter
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.kafka.local_broker.guarded import free_port
from tests.integration.oracle import expected_reasons, expected_windows
from tests.integration.pipeline import MIXED, PipelineState
from tests.integration.traffic import EVENTS, PARTITIONS, TrafficState, twenty_thousand_events

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

Labels = tuple[str, ...]
UNREADABLE = b"{"


class Scrape:
    """The metrics of a worker as of now: by name, and the values of labels in the order of the labels' names."""

    def __init__(self, port: int) -> None:
        with urlopen(f"http://localhost:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        families = list(text_string_to_metric_families(text))
        self.samples = {
            (each.name, tuple(value for _, value in sorted(each.labels.items()))): each.value
            for f in families
            for each in f.samples
        }

    def one(self, name: str, *labels: str) -> float:
        return self.samples.get((f"streams_{name}", labels), 0)

    def all(self, name: str) -> dict[Labels, float]:
        return {labels: value for (each, labels), value in self.samples.items() if each == f"streams_{name}"}


@pytest.fixture
def traffic(servers: str, topic_prefix: str) -> TrafficState:
    """Twenty thousand events, and a message that is none."""
    made = twenty_thousand_events(servers, f"{topic_prefix}predictions")
    made.send_raw(0, b"key", UNREADABLE, [])
    made.flush()
    return made


def started(run: PipelineState, **environ: str) -> int:
    """Start a worker; where its metrics are."""
    port = free_port()
    run.start(port=port, STREAMS_WEB_HOST="localhost", **environ)
    return port


def scrape_after_all(run: PipelineState, traffic: TrafficState, port: int) -> Scrape:
    """The metrics once all that was sent is in snapshots, and the last stage has counted them."""
    number = sum(len(expected_windows(traffic.events, asked)) for asked in MIXED)
    run.wait_for_snapshots(number)
    run.wait_until(lambda: sum(Scrape(port).all("snapshots_total").values()) >= number, "all are counted")
    return Scrape(port)


def assert_counted_as_in_the_log(run: PipelineState, traffic: TrafficState, scrape: Scrape) -> None:
    """Counters against the oracle, and against what can be read by anybody."""
    windows = {asked.id: expected_windows(traffic.events, asked) for asked in MIXED}
    late = {(name,): sum(len(each.late) for each in found) for name, found in windows.items()}
    closed = {(name,): sum(len(each.ids) + len(each.late) for each in found) for name, found in windows.items()}
    reasons = {asked.id: expected_reasons(traffic.events, asked) for asked in MIXED}
    kept = {(name,): found.pop(None) for name, found in reasons.items()}
    dropped = {(name, reason): number for name, found in reasons.items() for reason, number in found.items()}
    segments = [each for each in run.records("collected") if dict(each.headers() or ())["streams-kind"] == b"segment"]
    assert scrape.one("events_read_total", "collect") == len(traffic.events)
    assert scrape.all("events_collected_total") == kept
    assert scrape.all("events_dropped_total") == dropped
    assert sum(scrape.all("dead_letters_total").values()) == 1
    assert scrape.one("segments_total") == len(segments)
    assert scrape.all("batches_total") == {(name,): len(found) for name, found in windows.items()}
    assert scrape.all("late_rows_total") == late
    assert scrape.all("open_rows") == {name: number - closed[name] for name, number in kept.items()}
    verdicts = Counter((each["collector_id"], each["verdict"]) for each in run.snapshots())
    assert scrape.all("snapshots_total") == verdicts


def test_counters_are_what_the_oracle_counts_and_gauges_come_to_rest(run: PipelineState, traffic: TrafficState) -> None:
    port = started(run)
    scrape = scrape_after_all(run, traffic, port)
    assert_counted_as_in_the_log(run, traffic, scrape)
    assert scrape.all("stage_up") == {("collect",): 1, ("window",): 1, ("report",): 1}
    assert scrape.all("partitions_assigned") == {("collect",): PARTITIONS, ("window",): 4, ("report",): 2}
    lag = {labels: value for labels, value in scrape.all("consumer_lag").items() if "collect" in labels}
    assert lag == {(str(partition), "collect", traffic.topic): 0 for partition in range(PARTITIONS)}
    assert set(scrape.all("bytes_in_flight").values()) == set(scrape.all("partitions_paused").values()) == {0}
    assert all(0 < behind_s < 60 for behind_s in scrape.all("watermark_lag_seconds").values())
    assert scrape.one("report_seconds_count") == len(run.snapshots())


def test_what_was_aborted_is_counted_once_it_is_committed_and_only_then(
    run: PipelineState, traffic: TrafficState
) -> None:
    port = started(run, STREAMS_LIMITS_CHUNK_MESSAGES="50")  # slowly, so that there is something to abort
    run.wait_for_offsets(EVENTS // 20)
    sleeper = run.workers[0]
    sleeper.send(signal.SIGSTOP)  # the broker aborts its transactions and takes its partitions
    run.wait_until(lambda: run.members("collect") == 0, "the worker is taken for dead")
    sleeper.send(signal.SIGCONT)
    scrape = scrape_after_all(run, traffic, port)
    assert scrape.one("transactions_total", "aborted", "collect") >= 1
    assert_counted_as_in_the_log(run, traffic, scrape)
