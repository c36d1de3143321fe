"""After an attack: is everything there, once, and equal to what a run without any fault makes?

Three judges that share no code with each other: the oracle of the integration tests, the accounts in the log added
up here, and `streams audit`.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tests.integration.audited import assert_accounted
from tests.integration.oracle import Event
from tests.integration.pipeline import PipelineState, assert_exact


def assert_nothing_lost_nothing_twice(run: PipelineState, events: Sequence[Event]) -> None:
    """Each event is in exactly the batches it belongs in, once; ranges join and add up; snapshot ids are unique."""
    assert_exact(run, events)
    ends = Counter(event.partition for event in events)
    for accounts in run.accounts():
        for partition, number in ends.items():
            ranges = [each for account in accounts for each in account["ranges"] if each["partition"] == partition]
            assert (ranges[0]["first"], ranges[-1]["next"]) == (0, number), f"source partition {partition}"
            assert all(before["next"] == after["first"] for before, after in pairwise(ranges)), "ranges do not join"
            assert sum(each.get("events", 0) + each.get("dead", 0) for each in ranges) == number
    twice = [name for name, number in Counter(each["id"] for each in run.snapshots()).items() if number > 1]
    assert not twice, f"snapshots published twice: {twice}"
    assert_accounted(run)
