"""What a demonstration is set in: a folder with reference, collectors and settings, and the traffic that will come."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.core.traffic import TrafficPlan

HOUR_MS = 3_600_000
_HOURS = 6
# The last window must be over for longer than its lateness, or the demonstration would have to wait for it.
_MARGIN_MS = 120_000
_REFERENCE_EVENTS = 8_000
_REFERENCE_SEED = 1_000_003
IDLE_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Scene:
    """`folder` has everything; `name` begins the names of topics and groups; `plan` is the traffic."""

    folder: Path
    name: str
    servers: str
    plan: TrafficPlan

    @property
    def settings_file(self) -> Path:
        """Settings of all parts; also for commands that look at a demonstration that was kept."""
        return self.folder / "streams.yaml"

    @property
    def collectors_file(self) -> Path:
        """A copy of the collectors, beside the reference that they name."""
        return self.folder / "collectors.yaml"

    @property
    def objects(self) -> Path:
        """The object store."""
        return self.folder / "objects"


def plan_traffic(events: int, seed: int, now_ms: int) -> TrafficPlan:
    """Six whole hours that are over; the payments drift from the fourth on."""
    from streams.core.traffic import TrafficPlan

    end_ms = (now_ms - _MARGIN_MS) // HOUR_MS * HOUR_MS
    return TrafficPlan(events, end_ms - _HOURS * HOUR_MS, end_ms, end_ms - _HOURS * HOUR_MS // 2, seed)


def set_scene(scene: Scene, port: int) -> None:
    """Write the folder's files."""
    import yaml

    scene.folder.mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("collectors.yaml"), scene.collectors_file)
    _write_reference(scene)
    scene.settings_file.write_text(yaml.safe_dump(_settings(scene, port), sort_keys=False), encoding="utf-8")


def calendar_windows(scene: Scene) -> Iterator[tuple[str, int]]:
    """Collector and end of every window that the clock closes, for collectors that do not count rows."""
    from streams.core.windows.calendar import calendar
    from streams.stores.collector_files import read_collectors

    for collector in read_collectors(scene.collectors_file, {}).enabled:
        trigger = collector.plan().trigger
        if not trigger.counts_rows:
            time_ms = scene.plan.start_ms
            while time_ms < scene.plan.end_ms:
                time_ms = calendar(trigger).window(time_ms)[1]
                yield collector.id, time_ms


def _write_reference(scene: Scene) -> None:
    """Payments of the day before, without any drift."""
    import pyarrow as pa
    from pyarrow import parquet

    from streams.core.traffic import TrafficPlan, flat_table, traffic

    start_ms, day_ms = scene.plan.start_ms, 24 * HOUR_MS
    past = TrafficPlan(_REFERENCE_EVENTS, start_ms - day_ms, start_ms, seed=scene.plan.seed + _REFERENCE_SEED)
    parquet.write_table(flat_table(pa.concat_tables(traffic(past))), scene.folder / "reference.parquet")


def _settings(scene: Scene, port: int) -> dict[str, object]:
    from streams.settings.model import Topics

    topics = {field: f"{scene.name}.{name}" for field, name in Topics().model_dump().items()}
    return {
        "kafka": {"properties": {"bootstrap.servers": scene.servers}},
        "topics": topics,
        "windows": {"idle_after_s": IDLE_AFTER_S, "heartbeat_s": 0.5},
        "store": {"uri": str(scene.objects.resolve())},
        "web": {"port": port},
        "collectors": str(scene.collectors_file.resolve()),
        "group_prefix": scene.name,
    }
