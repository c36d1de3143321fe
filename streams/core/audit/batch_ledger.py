"""What manifests and the objects that they name say."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.audit.findings import Finding
from streams.core.audit.places import Places, by_partition
from streams.core.batches.manifest import Manifest, StoredObject, encode_manifest, replaced_key

_PLACE = ["partition", "offset", "index"]


@dataclass(frozen=True, slots=True)
class Announced:
    """A manifest, and where on its topic it stands. `run` names the replay that it was promoted from."""

    partition: int
    offset: int
    manifest: Manifest
    run: str | None = None

    @property
    def where(self) -> str:
        """The batch in words."""
        return f"batch {self.manifest.batch_id} of collector {self.manifest.plan.collector_id}"

    @property
    def objects(self) -> tuple[StoredObject, ...]:
        """The objects with rows."""
        return self.manifest.objects


@dataclass(slots=True)
class BatchLedger:
    """Takes manifests, then the content of their objects.

    `announced` are those of the window stage, by batch; `current` what was said last of each, which a replay may be.
    """

    announced: dict[str, Announced] = field(default_factory=dict)
    current: dict[str, Announced] = field(default_factory=dict)
    promoted: list[Announced] = field(default_factory=list)
    rows: dict[str, dict[int, Places]] = field(default_factory=dict)
    objects: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add_manifest(self, found: Announced) -> None:
        """Take a manifest in; a batch is announced once, but for what a replay promotes."""
        batch = found.manifest.batch_id
        if found.run is not None:
            self.promoted.append(found)
            self.current[batch] = found
            return
        first = self.announced.setdefault(batch, found)
        if first is found:
            self.current[batch] = found
        else:
            places = " and ".join(f"partition {each.partition} offset {each.offset}" for each in (first, found))
            self.findings.append(Finding("manifests", found.where, f"announced twice: {places}"))

    def keys(self, found: Announced) -> tuple[str, ...]:
        """Every object that has to be there: the current manifest in its place, a live one it replaced beside it."""
        key = f"{found.manifest.batch_folder}/manifest.json"
        if self.current[found.manifest.batch_id] is not found:
            key = "" if found.run else replaced_key(key, encode_manifest(found.manifest))
        return (*filter(None, [key]), *(each.key for each in found.objects))

    def add_content(self, found: Announced, contents: Mapping[str, bytes | None]) -> None:
        """Take the objects of a batch in, by key; None for one that is missing."""
        self.objects += len(contents)
        problems = list(_problems(found, self.keys(found), contents))
        self.findings += [Finding("objects", found.where, problem) for problem in problems]
        if not problems:
            self._add_rows(found, [contents[each.key] or b"" for each in found.objects])

    def _add_rows(self, found: Announced, contents: list[bytes]) -> None:
        tables = [pq.read_table(io.BytesIO(content), columns=_PLACE) for content in contents]
        manifest = found.manifest
        number = sum(table.num_rows for table in tables)
        if number != manifest.rows + manifest.late_rows:
            problem = f"its manifest counts {manifest.rows + manifest.late_rows} rows, its objects hold {number}"
            self.findings.append(Finding("objects", found.where, problem))
        if found.run is not None:  # rows of the log are counted by what the window stage made of them
            return
        rows = pa.concat_tables(tables) if tables else None
        columns = () if rows is None else tuple(rows[name].to_numpy() for name in _PLACE)
        self.rows[manifest.batch_id] = by_partition(*columns) if columns else {}


def _problems(found: Announced, keys: Iterable[str], contents: Mapping[str, bytes | None]) -> Iterator[str]:
    expected = {each.key: each.sha256 for each in found.objects}
    for key in keys:
        content = contents[key]
        if content is None:
            yield f"object {key} is missing"
        elif key in expected and hashlib.sha256(content).hexdigest() != expected[key]:
            yield f"object {key} has other bytes than its manifest says: SHA-256 {hashlib.sha256(content).hexdigest()}"
        elif key not in expected and content != encode_manifest(found.manifest):
            yield f"object {key} differs from the manifest on the topic"
