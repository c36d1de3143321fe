"""A short campaign: what does not take the broker down, once each, and nothing is lost, doubled or changed.

`scripts/bench crash` goes on for as long as one likes, with everything.
"""

from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.crash.campaign import Place, attack
from tests.crash.faults import Kind, one_of_each
from tests.crash.stores import bucket_store
from tests.servers.s3 import S3Bucket

pytestmark = [pytest.mark.kafka, pytest.mark.s3, pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(400)]

KINDS = (Kind.KILL, Kind.CLOCK, Kind.STORE_DOWN, Kind.FENCE, Kind.PAUSE, Kind.KILL)


def test_killed_and_fenced_workers_a_jumping_clock_and_a_store_that_goes_away_change_nothing(
    broker: Broker, tmp_path: Path, s3: S3Bucket
) -> None:
    place = Place(broker.bootstrap_servers, None, tmp_path, idle_after_s=4)
    with bucket_store(s3) as store:
        found = attack(place, store, one_of_each(4, KINDS, every_s=1.0), workers=2)
    assert not found.lost, found.lost
    assert found.kills == KINDS.count(Kind.KILL)
    assert found.snapshots
