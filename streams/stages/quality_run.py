"""A model's quality on batches of the past, computed anew from all labels that the log holds: a batch job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from streams.core.batches.manifest import Manifest
from streams.core.collectors.collector import Collector
from streams.core.events.arrays import one_array
from streams.core.events.assemble import hashed
from streams.core.events.messages import RawMessages
from streams.core.labels.decode import DecodedLabels
from streams.core.labels.matching import BatchIndexState
from streams.core.reports.html.page import snapshot_page
from streams.core.snapshots import Snapshot
from streams.kafka.transactions import Outgoing, TransactionState
from streams.stages.quality_process import quality_of
from streams.stages.quality_publishing import published_quality
from streams.stages.report import ReportSettings, report_job
from streams.stages.report_process import Published, ReporterState
from streams.stores.labels import add_labels
from streams.stores.objects import ObjectStore


@dataclass(slots=True)
class BatchLabelsState:
    """Labels of batches, by the batch's place in a list. `outcomes` counts labels: joined, unknown, dead_letter."""

    index: BatchIndexState = field(default_factory=BatchIndexState)
    labels: dict[int, list[pa.Table]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    def take(self, decoded: DecodedLabels) -> None:
        """Join the labels of a chunk."""
        table = decoded.table
        rows, batches = self.index.match(hashed(one_array(table["id"])))
        for batch in np.unique(batches).tolist():
            self.labels.setdefault(batch, []).append(table.take(pa.array(rows[batches == batch])))
        joined = len(np.unique(rows))
        self.outcomes.update({"joined": joined, "unknown": len(table) - joined, "dead_letter": len(decoded.rejects)})


@dataclass(frozen=True, slots=True)
class QualityRun:
    """Computes, and publishes where it is asked to."""

    store: ObjectStore
    collectors: Mapping[str, Collector]
    reporter: ReporterState
    decode: Callable[[RawMessages], DecodedLabels]

    def join(self, manifests: Sequence[Manifest], chunks: Iterable[RawMessages]) -> BatchLabelsState:
        """All labels of the rows of these batches. StoreUnavailableError."""
        state = BatchLabelsState()
        for number, manifest in enumerate(manifests):
            for each in manifest.objects:
                state.index.add(number, hashed(one_array(self.reporter.rows(each.key)["id"])))
        for chunk in chunks:
            state.take(self.decode(chunk))
        return state

    def computed(self, manifests: Sequence[Manifest], joined: BatchLabelsState) -> Iterator[tuple[int, Snapshot]]:
        """The quality snapshot of each batch that has labels, with the batch's place in the list."""
        for number, manifest in enumerate(manifests):
            labels = joined.labels.get(number)
            made = labels and quality_of(self.reporter, report_job(manifest, self.collectors), pa.concat_tables(labels))
            if made:
                yield number, made

    def publish(
        self,
        made: Sequence[tuple[Manifest, Snapshot, pa.Table]],
        stretch: tuple[int, int],
        settings: ReportSettings,
        transaction: TransactionState,
    ) -> None:
        """Publish snapshots in one transaction, objects first; their labels, of a stretch of the log, are kept too: so
        the label stage goes on from there.
        """
        outgoing: list[Outgoing] = []
        for manifest, snapshot, labels in made:
            add_labels(self.store, manifest.folder, *stretch, labels)
            page = snapshot_page(snapshot).encode()
            outgoing.append(published_quality(self.store, settings, Published(snapshot, page)))
        transaction.write(outgoing)
        transaction.commit((), None)
