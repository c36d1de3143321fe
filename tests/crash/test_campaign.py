"""A short campaign: every sort of fault that leaves the broker alone, and nothing is lost, doubled or changed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.crash.campaign import Place, attack
from tests.crash.faults import Fault, Kind, one_of_each
from tests.crash.stores import AttackedStore, bucket_store, folder_store
from tests.servers.s3 import S3Bucket

pytestmark = [pytest.mark.kafka, pytest.mark.s3, pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(300)]

SEED = 4


def assert_survived(broker: Broker, folder: Path, store: AttackedStore, faults: Sequence[Fault]) -> None:
    found = attack(Place(broker.bootstrap_servers, None, folder, idle_after_s=5), store, faults)
    assert not found.lost, found.lost
    assert found.snapshots


def test_killed_paused_fenced_workers_and_a_full_disk_change_nothing(broker: Broker, tmp_path: Path) -> None:
    kinds = (Kind.KILL, Kind.CLOCK, Kind.DISK_FULL, Kind.FENCE, Kind.KILL, Kind.TIMEOUT, Kind.KILL, Kind.STORM)
    with folder_store(tmp_path / "disk") as store:
        assert_survived(broker, tmp_path, store, one_of_each(SEED, kinds, every_s=1.0))


def test_killed_workers_and_an_object_store_that_is_slow_and_goes_away_change_nothing(
    broker: Broker, tmp_path: Path, s3: S3Bucket
) -> None:
    kinds = (Kind.STORE_SLOW, Kind.KILL, Kind.STORE_DOWN, Kind.KILL, Kind.PAUSE, Kind.STORE_DOWN, Kind.KILL)
    with bucket_store(s3) as store:
        assert_survived(broker, tmp_path, store, one_of_each(SEED, kinds, every_s=1.0))
