"""The alerts stage between snapshots and alerts, restarted at will."""

from collections.abc import Sequence

import msgspec

from streams.core.alerts.alert import Alert, decode_alert
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from streams.kafka.items import Start
from streams.kafka.records import RUN
from streams.kafka.transactions import Outgoing
from streams.metrics import create_metrics
from streams.stages.alerts import AlertsState, AlertTopics
from streams.stages.snapshot_encoding import snapshot_decoding
from tests.core.alerts.alerting import snapshot
from tests.core.batches.closed_windows import collector_of
from tests.core.test_snapshots import make_quality
from tests.stages.chunks import chunk_of

LOG = [snapshot(number, Verdict.DRIFTED if number % 4 else Verdict.NOT_DRIFTED) for number in range(16)]


class Place:
    """A stage, and what it has committed."""

    def __init__(self) -> None:
        self.committed, self.records = 0, dict[bytes, bytes]()
        self.alerts = list[Alert]()
        self.start()

    def start(self) -> None:
        rules = [{"name": "second", "on": ["drift"], "after": 2, "quiet": "0s"}]
        self.stage = AlertsState(
            AlertTopics("snapshots", "alerts", "progress"),
            {"fraud": collector_of(id="fraud", alerts=rules)},
            snapshot_decoding(),
            lambda _partition: self.records.items(),
            create_metrics(),
        )
        self.stage.assign([Start(0, self.committed, "")], 1)

    def read(self, snapshots: Sequence[Snapshot], run: bytes | None = None) -> Sequence[Outgoing]:
        promoted = [(RUN, run)] if run else []
        return self.stage.process(
            chunk_of([each.to_json_bytes() for each in snapshots], self.committed, promoted, topic="snapshots")
        )

    def commit(self, outgoing: Sequence[Outgoing]) -> None:
        checkpoint = self.stage.checkpoint()
        self.alerts += [decode_alert(each.value or b"") for each in outgoing]
        self.records |= {each.key or b"": each.value or b"" for each in checkpoint.outgoing}
        (offset,) = checkpoint.offsets
        self.committed = offset.offset
        checkpoint.committed()


def test_a_restart_between_any_two_snapshots_neither_repeats_nor_forgets() -> None:
    whole, often = Place(), Place()
    whole.commit(whole.read(LOG))
    for each in LOG:
        often.read([each])  # and dies before it commits
        often.start()
        often.commit(often.read([each]))
        often.start()
    assert [each.snapshot_id for each in whole.alerts] == [snapshot(n).id for n in range(16) if n % 4 > 1]
    assert [each.id for each in often.alerts] == [each.id for each in whole.alerts]


def test_what_a_replay_promoted_gives_no_alert() -> None:
    place = Place()
    place.commit(place.read(LOG, run=b"r1"))
    assert place.alerts == []
    assert place.committed == len(LOG)


def test_model_quality_is_counted_apart_from_the_reports_of_batches() -> None:
    place = Place()
    drifted = snapshot(1, Verdict.DRIFTED)
    place.commit(place.read([drifted, msgspec.structs.replace(drifted, id="q", kind="quality")]))
    assert place.alerts == []
    assert place.records.keys() == {b"fraud", b"fraud/quality"}


def test_alerts_are_counted_once_they_are_committed() -> None:
    place = Place()
    outgoing = place.read(LOG)
    labels = {"collector": "fraud", "rule": "second"}
    assert place.stage.metrics.registry.get_sample_value("streams_alerts_total", labels) is None
    place.commit(outgoing)
    assert place.stage.metrics.registry.get_sample_value("streams_alerts_total", labels) == len(place.alerts) > 0


def test_revisions_of_model_quality_count_neither_as_failure_nor_as_success() -> None:
    place, drifted = Place(), [snapshot(number, Verdict.DRIFTED) for number in range(2)]
    quality = [make_quality(revision) for revision in (60, 61, 62)]

    place.commit(place.read([*quality, drifted[0], *quality, drifted[1], *quality]))

    assert [each.snapshot_id for each in place.alerts] == [drifted[1].id]
