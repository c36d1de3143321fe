"""Snapshots: the published report of one batch, with where its rows came from and what was left out.

The same batch, report configuration and reference give the same bytes, in every process and on every replay:
nothing in a snapshot is read from a clock, and keys are sorted.
"""

import hashlib
from typing import Any, Final, Literal, Self

import msgspec

from streams.core.batches.manifest import OtherColumns
from streams.core.ids import quality_id, snapshot_id
from streams.core.json_schemas import json_schema_of
from streams.core.reports.cut_texts import REASON_CHARACTERS, CutTextsState, cut_text
from streams.core.reports.results import Entry, Report
from streams.core.reports.verdicts import VERDICTS, Verdict
from streams.core.snapshot_summary import Claim, Summary, summary_of

SNAPSHOT_FORMAT: Final = 1
QUALITY_FORMAT: Final = 2
"""A model's quality on labels that came later is a kind of its own: a reader that does not know it must refuse it."""
CLAIM_FORMAT: Final = 3
"""On the topic alone: a reader that does not know claims would take a long report for none."""


class SnapshotFormatError(ValueError):
    """Bytes that are no snapshot, or one of a newer format."""


class SourceRange(msgspec.Struct, frozen=True, kw_only=True):
    """Offsets of a source partition between which a batch's rows lie, both included."""

    topic: str
    partition: int
    first: int
    last: int


class ReferenceUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The reference that a batch was compared with: where it came from, and the hash of its content."""

    name: str
    hash: str


class LabelsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The labels that a model's quality rests on.

    `revision` counts the labels of the batch's rows that had come, those that another one replaced among them: it only
    grows, and the highest one is the latest. `labelled` rows, of which `labelled_late` came late, have one: this is
    `share` of all. Of `duplicates` (labels of an event that has another one) the latest counts. `hash` names ids,
    truths and times together.
    """

    revision: int
    labelled: int
    share: float
    duplicates: int
    hash: str
    labelled_late: int = 0


class BatchFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot tells about its batch.

    `start_ms` and `end_ms` bound the window (epoch milliseconds, end excluded), `sequence` numbers windows that are cut
    by rows; what does not apply is None. `dropped` counts events by reason, `rows_hash` is the SHA-256 of the batch's
    rows as stored, `late_hash` that of its late rows; unset where it has none. `other_columns` is there where some
    columns are too rare to be columns of the batch: then they are in its map, and no report is about them.
    """

    collector_id: str
    batch_id: str
    rows_hash: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    sequence: int | None = None
    rows: int = 0
    late_rows: int = 0
    dropped: dict[str, int] = {}
    source_ranges: tuple[SourceRange, ...] = ()
    late_hash: str | msgspec.UnsetType = msgspec.UNSET
    other_columns: OtherColumns | msgspec.UnsetType = msgspec.UNSET

    @property
    def rows_digest(self) -> str:
        """Names the rows of the batch, late ones among them: those of a promoted replay may be others."""
        late = "" if self.late_hash is msgspec.UNSET else self.late_hash
        return hashlib.sha256(f"{self.rows_hash}/{late}".encode()).hexdigest()[:12]

    def is_of_same_rows(self, other: "BatchFacts") -> bool:
        """Whether both are of the same rows. Older snapshots lack the hash of late rows: these go by their number."""
        if (self.rows_hash, self.late_rows) != (other.rows_hash, other.late_rows):
            return False
        return msgspec.UNSET in (self.late_hash, other.late_hash) or self.late_hash == other.late_hash


class Snapshot(BatchFacts, frozen=True, kw_only=True):
    """A batch's report, or the `error` for which there is none.

    `kind` and `labels` are there only where it is about a model's quality on labels that came later. Where
    Evidently computed it, `evidently_sha256` is the hash of Evidently's own snapshot, `evidently.json` beside it.
    `texts_cut` counts texts that were too long and are cut; each says how long it was. On its topic, a long snapshot
    has a `claim` in place of `report` and `source_ranges`: it says where the whole one lies.
    """

    id: str
    format: int = SNAPSHOT_FORMAT
    report_hash: str
    reference: ReferenceUsed | None = None
    verdict: Verdict
    error: str | None = None
    report: Report | None = None
    kind: Literal["quality"] | msgspec.UnsetType = msgspec.UNSET
    labels: LabelsUsed | msgspec.UnsetType = msgspec.UNSET
    evidently_sha256: str | msgspec.UnsetType = msgspec.UNSET
    texts_cut: int | msgspec.UnsetType = msgspec.UNSET
    claim: Claim | msgspec.UnsetType = msgspec.UNSET

    @property
    def labels_used(self) -> LabelsUsed | None:
        """What a snapshot of model quality rests on; None for the report of a batch."""
        return None if self.labels is msgspec.UNSET else self.labels

    @property
    def reason(self) -> str | None:
        """Why there is no report, or why its verdict is no answer. There is one wherever the verdict is an error."""
        found = self.summary.reason if self.error is None else self.error
        meaning = VERDICTS[self.verdict]
        return meaning.semantics if found is None and meaning.is_error else found

    @property
    def drift(self) -> dict[str, Any]:
        """The dataset's drift (columns, count, share, drifted_columns ...); empty where it was not decided."""
        entry = next((each for each in self.entries if each.metric == "dataset_drift" and each.column is None), None)
        return {} if entry is None or entry.current is None else entry.current

    @property
    def summary(self) -> Summary:
        """The report's headline: the same of a whole snapshot and of a claim on it."""
        return summary_of(self.report) if self.claim is msgspec.UNSET else self.claim.summary

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of the report; of a claim those of its summary."""
        return self.summary.entries if self.report is None else self.report.entries

    @property
    def content_sha256(self) -> str:
        """SHA-256 (hex) of the whole snapshot's JSON, be this the whole one or a claim on it."""
        if self.claim is not msgspec.UNSET:
            return self.claim.sha256
        return hashlib.sha256(self.to_json_bytes()).hexdigest()

    def to_json_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, no white space, equal bytes for equal snapshots."""
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json_bytes(cls, raw: bytes) -> Self:
        """Read a snapshot; fields of later versions are ignored. Raises SnapshotFormatError."""
        try:
            snapshot = msgspec.json.decode(raw, type=cls)
        except msgspec.MsgspecError as error:
            raise SnapshotFormatError(f"no snapshot: {error}") from error
        if snapshot.format > CLAIM_FORMAT:
            raise SnapshotFormatError(
                f"snapshot {snapshot.id} has format {snapshot.format}, this program reads up to "
                f"{CLAIM_FORMAT}: upgrade it"
            )
        return snapshot


def json_schema() -> dict[str, Any]:
    """JSON Schema of a snapshot, as in `schemas/snapshot.schema.json`."""
    return json_schema_of(Snapshot)


def report_snapshot(
    batch: BatchFacts, report: Report, reference: ReferenceUsed | None, evidently: bytes | None = None
) -> Snapshot:
    """The snapshot of a batch whose report could be computed; `evidently` is Evidently's own, where it did."""
    own = msgspec.UNSET if evidently is None else hashlib.sha256(evidently).hexdigest()
    cutting = CutTextsState()
    outcome = {"report": cutting.report(report), "verdict": report.verdict, "evidently_sha256": own}
    return _snapshot(batch, report.config_hash, reference, **outcome, texts_cut=len(cutting.cut) or msgspec.UNSET)


def failed_snapshot(batch: BatchFacts, report_hash: str, reference: ReferenceUsed | None, reason: str) -> Snapshot:
    """The snapshot of a batch whose report could not be computed at all; the batch is intact."""
    return _snapshot(batch, report_hash, reference, verdict=Verdict.ERROR, error=cut_text(reason, REASON_CHARACTERS))


def quality_snapshot(
    batch: BatchFacts, labels: LabelsUsed, report_hash: str, reference: ReferenceUsed | None, outcome: Report | str
) -> Snapshot:
    """A model's quality on the labels of a batch, or the reason why it could not be computed."""
    snapshot = (
        failed_snapshot(batch, report_hash, reference, outcome)
        if isinstance(outcome, str)
        else report_snapshot(batch, outcome, reference)
    )
    identity = quality_id(snapshot.id, labels.revision, labels.hash)
    return msgspec.structs.replace(snapshot, id=identity, format=QUALITY_FORMAT, kind="quality", labels=labels)


def claimed(snapshot: Snapshot, key: str) -> Snapshot:
    """What the topic carries of a snapshot that is too long for it; `key` is where its JSON lies."""
    content = snapshot.to_json_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    claim = Claim(key=key, bytes=len(content), sha256=sha256, summary=snapshot.summary)
    return msgspec.structs.replace(snapshot, format=CLAIM_FORMAT, report=None, source_ranges=(), claim=claim)


def _snapshot(batch: BatchFacts, report_hash: str, reference: ReferenceUsed | None, **outcome: Any) -> Snapshot:
    identity = snapshot_id(batch.batch_id, report_hash, None if reference is None else reference.hash)
    facts = {name: getattr(batch, name) for name in BatchFacts.__struct_fields__}
    return Snapshot(**facts, id=identity, report_hash=report_hash, reference=reference, **outcome)
