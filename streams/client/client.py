"""What `streams.client` offers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, TypeVar

import pandas as pd
import pyarrow.parquet as pq

from streams.client import frames
from streams.client.errors import NotFoundError
from streams.core.batches.manifest import decode_manifest
from streams.core.current import judged
from streams.core.snapshots import Snapshot
from streams.stores.listing import BATCHES, PAGE, REPLACED, SNAPSHOTS, Stored, latest_quality
from streams.stores.locations import open_existing
from streams.stores.objects import ObjectStore

_AT_ONCE = 16
_Made = TypeVar("_Made")
Instant = datetime | date | str


def open_client(store_uri: str, *, s3_endpoint_url: str | None = None) -> Client:
    """A client of a store: a folder, `s3://bucket/prefix` or `gs://bucket/prefix`, as in the setting `store.uri`.

    Credentials come from where the store's own tools take them. Raises ValueError for what names no store,
    StoreUnavailableError for a folder that does not exist.
    """
    return Client(open_existing(store_uri, s3_endpoint_url))


@dataclass(frozen=True, slots=True)
class Client:
    """Reads what is published in an object store.

    Where frames are asked for by time, `start` and `end` (excluded) bound the start of windows. Each is a datetime, a
    date, or text such as `2026-11-26` or `2026-11-26T12:00:00+01:00`; a date is its first instant, and what names no
    zone is UTC. ValueError for other text.

    Frames come in the order of collector and window; one without rows has all its columns. Every method raises
    StoreUnavailableError where the store cannot be reached or refuses.
    """

    store: ObjectStore

    def snapshots(
        self,
        collector: str | None = None,
        *,
        start: Instant | None = None,
        end: Instant | None = None,
        replaced: bool = False,
    ) -> pd.DataFrame:
        """A row for each snapshot: its window, counts, verdict, share of drifted columns, failed tests, reference.

        With `replaced`, those too whose place a promoted replay has taken: the column of that name tells them apart.
        """
        current = self._snapshots(collector, start, end)
        chosen = list(_between(REPLACED.stored(self.store, collector), start, end)) if replaced else []
        return frames.snapshots(judged([*self._read(chosen, Snapshot.from_json_bytes), *current]))

    def drift(
        self, collector: str | None = None, *, start: Instant | None = None, end: Instant | None = None
    ) -> pd.DataFrame:
        """A row for each snapshot and compared column: kind, method, score, threshold, whether it drifted."""
        return frames.drift(self._snapshots(collector, start, end))

    def quality(
        self, collector: str | None = None, *, start: Instant | None = None, end: Instant | None = None
    ) -> pd.DataFrame:
        """A row for each window with labels that came later: rows, labelled rows, their share, and the revision, which
        is the latest. Its figures are `metrics(..., of="quality")`.
        """
        return frames.quality(self._snapshots(collector, start, end, "quality"))

    def metrics(
        self,
        collector: str | None = None,
        *,
        start: Instant | None = None,
        end: Instant | None = None,
        of: Literal["report", "quality"] = "report",
    ) -> pd.DataFrame:
        """A row for each number of each metric: `metric`, `column` (None: of the dataset), `slice` (None: of the whole
        batch), `field` (nested ones with dots, such as `spam.recall`), `current` and `reference`.

        Lists, such as histograms, are left out. `of` quality is of the model, on labels that came later.
        """
        return frames.metrics(self._snapshots(collector, start, end, of))

    def tests(
        self, collector: str | None = None, *, start: Instant | None = None, end: Instant | None = None
    ) -> pd.DataFrame:
        """A row for each test: what was tested, its condition and bound, the value, and its `status`.

        That is pass, fail, error, or undecided where labels or rows are still to come.
        """
        return frames.tests(self._snapshots(collector, start, end))

    def batches(
        self, collector: str | None = None, *, start: Instant | None = None, end: Instant | None = None
    ) -> pd.DataFrame:
        """A row for each batch: its window, rows in time and late, dropped events by reason, bytes as stored."""
        chosen = list(_between(BATCHES.stored(self.store, collector), start, end))
        return frames.batches(self._read(chosen, decode_manifest))

    def rows(
        self, batch_id: str, *, late: bool = False, dtype_backend: Literal["numpy", "pyarrow"] = "numpy"
    ) -> pd.DataFrame:
        """The rows of a batch in their order, or those that came late; the beginning of its id is enough.

        With `numpy`, whole numbers with holes become floats, as in `pandas.read_parquet`; `pyarrow` keeps every type.
        A batch without rows is an empty frame. Raises NotFoundError.
        """
        found = BATCHES.find(self.store, batch_id)
        if found is None:
            raise NotFoundError(f"the store has no batch, or several, with an id that begins with {batch_id!r}")
        manifest = decode_manifest(self.store.get(found.key))
        stored = manifest.late_object if late else manifest.rows_object
        if stored is None:
            return pd.DataFrame()
        table = pq.read_table(io.BytesIO(self.store.get(stored.key)))
        frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype if dtype_backend == "pyarrow" else None)
        return frame

    def html(self, batch_id: str) -> str:
        """The page about a batch, to be shown or written to a file. Raises NotFoundError."""
        found = SNAPSHOTS.find(self.store, batch_id)
        if found is None:
            raise NotFoundError(
                f"the store has no snapshot, or several, of a batch with an id that begins with {batch_id!r}"
            )
        return self.store.get(found.beside(PAGE)).decode()

    def _snapshots(
        self,
        collector: str | None,
        start: Instant | None,
        end: Instant | None,
        kind: Literal["report", "quality"] = "report",
    ) -> Sequence[Snapshot]:
        quality = kind == "quality"
        stored = latest_quality(self.store, collector) if quality else SNAPSHOTS.stored(self.store, collector)
        chosen = list(_between(stored, start, end))
        return self._read(chosen, Snapshot.from_json_bytes)

    def _read(self, stored: Sequence[Stored], decoded: Callable[[bytes], _Made]) -> Sequence[_Made]:
        with ThreadPoolExecutor(_AT_ONCE, "client") as threads:
            return list(threads.map(lambda each: decoded(self.store.get(each.key)), stored))


def _between(stored: Sequence[Stored], start: Instant | None, end: Instant | None) -> Iterator[Stored]:
    first, last = (None if moment is None else _as_in_keys(moment) for moment in (start, end))
    for each in stored:
        if (first is None or each.window_start >= first) and (last is None or each.window_start < last):
            yield each


def _as_in_keys(instant: Instant) -> str:
    moment = _moment(instant)
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{aware:%Y%m%dT%H%M%S}.{aware.microsecond // 1000:03d}Z"


def _moment(instant: Instant) -> datetime:
    if isinstance(instant, datetime):
        return instant
    if isinstance(instant, date):
        return datetime.combine(instant, time())
    try:
        return datetime.fromisoformat(instant)
    except ValueError:
        raise ValueError(f"{instant!r} is no time: write 2026-11-26 or 2026-11-26T12:00:00Z") from None
