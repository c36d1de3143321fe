"""`engine: evidently`: the real library on a batch. It is an extra of this package, imported where it is used."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from streams.core.batches.manifest import folder_of
from streams.core.collectors.collector import Collector
from streams.core.evidently.data_definition import Fields, data_definition
from streams.core.evidently.engine_report import Seen, engine_report, settled
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind
from streams.core.reports.results import Report
from streams.core.reports.scope import DRIFT_KINDS
from streams.core.reports.selection import select_columns
from streams.core.snapshots import Snapshot
from streams.stores.errors import ObjectMissingError
from streams.stores.objects import ObjectStore

if TYPE_CHECKING:
    import pandas as pd

_TASKS: Mapping[str, tuple[str, ...]] = {
    "classification": ("BinaryClassification", "MulticlassClassification"),
    "regression": ("Regression",),
    "ranking": ("Recsys",),
    "llm": ("LLMClassification", "Completion", "RAG"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EngineUnusableError(RuntimeError):
    """Evidently is not there, or does not know what a collector asks of it; the text names the remedy."""


def require_engine(collectors: Iterable[Collector]) -> None:
    """See that Evidently is there, and can read what collectors ask of it. Raises EngineUnusableError."""
    for collector in collectors:
        if collector.report.engine == "evidently":
            try:
                _parsed(collector.report)
                _defined(collector.report.data_definition or {})
            except EngineUnusableError as error:
                raise EngineUnusableError(f"collector {collector.id}: {error}") from None


def run_engine(
    batch: Dataset, reference: Dataset | None, config: ReportConfig, end_ms: int | None, seed: str
) -> tuple[Report, bytes | None]:
    """A batch's report by Evidently, and Evidently's own snapshot (JSON; None where there are no rows).

    Columns that the reference lacks are left out, for Evidently compares none or all. Of the rest it is told what the
    report says of the model. What is drawn by chance is drawn by a fixed seed. Raises whatever Evidently does.
    """
    chosen, absent = select_columns(batch, reference, config.columns)
    compared = [each for each in chosen if reference is None or each.reference is not None]
    left_out = {each.name: "not in the reference" for each in chosen if each not in compared}
    kinds = {each.name: each.kind.value for each in compared}
    left_out |= dict.fromkeys(absent, "not in the batch")
    if not batch.rows:
        return engine_report(None, config, Seen(kinds, left_out, compares=reference is not None)), None
    sides = [each for each in (batch, reference) if each is not None]
    known = {each.name: each.kind for each in compared}
    definition = data_definition(sides, known, config.columns, config.model, config.data_definition or {})
    asked = _parsed(config)
    told = [_told(each, definition) for each in _tables(compared, compares=reference is not None)]
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - Evidently draws from the global generator
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for each in told:
            each.add_descriptors(asked.descriptors, asked.options)
        time = (_EPOCH + timedelta(milliseconds=end_ms or 0)).replace(tzinfo=None)
        body: dict[str, Any] = json.loads(asked.to_report().run(*told, timestamp=time).dumps())
    described = kinds | _described(told[0].data_definition)
    seen = Seen(described, left_out, compares=reference is not None, not_compared=_not_compared(compared, absent))
    return engine_report(body, config, seen), settled(body, seed)


def _tables(columns: Sequence[ReportColumn], *, compares: bool) -> list[pa.Table]:
    """What Evidently is given of both sides: unreadable values are missing there."""
    ours = pa.table({each.name: each.current.values for each in columns})
    theirs = {each.name: each.reference.values for each in columns if each.reference is not None}
    return [ours, pa.table(theirs)] if compares else [ours]


def _not_compared(columns: Sequence[ReportColumn], absent: Mapping[str, Kind]) -> dict[str, str]:
    """Columns that have values in the reference, of a kind that Evidently compares, and none in the batch."""
    gone = {name: "not in the batch" for name, kind in absent.items() if kind in DRIFT_KINDS}
    empty = [each for each in columns if each.kind in DRIFT_KINDS and each.reference is not None]
    lost = [each.name for each in empty if each.reference and each.reference.usable and not each.current.usable]
    return dict.fromkeys(lost, "no value in the batch") | gone


def _told(table: pa.Table, definition: Fields) -> Any:
    """Evidently's Dataset."""
    from evidently import Dataset as Theirs  # noqa: PLC0415 - an extra, and slow to import

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        frame: pd.DataFrame = table.to_pandas()
        return Theirs.from_pandas(frame, data_definition=_defined(definition))


def _described(definition: Any) -> dict[str, str]:
    """The kinds of the columns that descriptors made."""
    numerical = dict.fromkeys(definition.numerical_descriptors, Kind.NUMERIC.value)
    return numerical | dict.fromkeys(definition.categorical_descriptors, Kind.CATEGORICAL.value)


def _defined(definition: Fields) -> Any:
    """Evidently's DataDefinition. It takes tasks as they are, unread, so they are made here."""
    from evidently.core import datasets  # noqa: PLC0415 - see above

    try:
        made = {name: _tasks(name, given) if name in _TASKS else given for name, given in definition.items()}
        return datasets.DataDefinition(**made)
    except (ValueError, TypeError, AttributeError) as error:
        words = " ".join(str(error).split())
        raise EngineUnusableError(f"Evidently cannot read `data_definition`: {words}; correct it") from None


def _tasks(field: str, given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_tasks(field, each) for each in given]
    from evidently.core import datasets  # noqa: PLC0415 - see above

    kinds = _TASKS[field]
    kind = given.get("type", kinds[0] if len(kinds) == 1 else None)
    if kind not in kinds:
        raise ValueError(f"{field} has the type {kind}, which is none of {', '.join(kinds)}")
    task = getattr(datasets, kind)
    known = [each.name for each in dataclasses.fields(task)]
    unknown = sorted(set(given) - {*known, "type"})  # which Evidently would leave out in silence
    if unknown:
        raise ValueError(f"{field} has {unknown[0]}, which is none of {', '.join(known)}")
    return task(**{name: value for name, value in given.items() if name != "type"})


def _parsed(config: ReportConfig) -> Any:
    """Evidently's ReportConfig."""
    if find_spec("evidently") is None:
        raise EngineUnusableError(
            "engine: evidently needs Evidently, which is not installed; run: pip install 'streams[evidently]'"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from evidently.cli.report import ReportConfig as Theirs  # noqa: PLC0415 - an extra, and slow to import

        try:
            return Theirs.parse_obj(config.evidently_config)
        except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
            words = " ".join(str(error).split())
            raise EngineUnusableError(f"Evidently cannot read `evidently`: {words}; correct it") from None


def read_own(objects: ObjectStore, snapshot: Snapshot) -> bytes | None:
    """Evidently's own snapshot, beside ours; None where a later one has taken its place. StoreUnavailableError."""
    folder = folder_of(snapshot.collector_id, snapshot.start_ms or 0, snapshot.batch_id)
    try:
        own = objects.get(f"snapshots/{folder}/evidently.json")
    except ObjectMissingError:
        return None
    return own if hashlib.sha256(own).hexdigest() == snapshot.evidently_sha256 else None
