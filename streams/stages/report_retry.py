"""Reports that failed, computed again: the batch is intact, so nothing before the report stage is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from streams.core.batches.manifest import Manifest
from streams.core.snapshots import Snapshot
from streams.kafka.transactions import TransactionState
from streams.stages.report import ReportState

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class ReportRetry:
    """Computes reports of batches again and publishes those that succeed now."""

    reporter: ReportState
    transaction: TransactionState

    def run(self, find: Callable[[], Iterable[Manifest]]) -> Iterator[Snapshot]:
        """The new snapshots, those that failed again among them; these are not published, for they are known.

        `find` is called once another run of this was fenced, and must then leave out what the other has published:
        so no report is published twice. KafkaStageError for the one that was fenced.
        """
        self.transaction.initialise()
        left = iter(find())
        while part := list(islice(left, _AT_ONCE)):
            made = list(zip(part, self.reporter.compute(part), strict=True))
            better = [each for each in made if each[1].snapshot.error is None]
            self.transaction.write(self.reporter.publish([each for each, _ in better], [each for _, each in better]))
            self.transaction.commit((), None)
            yield from (each.snapshot for _, each in made)
