"""`python open_rows.py ROWS`: hold so many rows of 600 bytes in open windows; writes resident MB before and after."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streams.core import segments
from streams.core.windows.plan import Trigger
from streams.core.windows.slots import slots, timeline
from streams.core.windows.state import CollectedRecord, WindowsState
from streams.stores.spill import SpillState
from tests.core.blocks import block_of
from tests.core.windows.collected_log import plan_of

ROWS = 5_000


def resident_mb() -> float:
    """Memory that is in use now (RSS, mapped files included)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def hold(rows: int) -> dict[str, float]:
    """Fold segments of `ROWS` rows, as the window stage does."""
    plan = plan_of(Trigger("interval", interval_ms=3_600_000))
    events = [{"id": f"{n:032x}", "time": n, "model": {"id": "m"}, "input": {"data": "x" * 500}} for n in range(ROWS)]
    block = block_of(events)
    value, *more = segments.encode(
        block, block.offsets >= 0, slots(timeline(block, {}), plan.clock), plan, max_bytes=100_000_000
    )
    assert not more
    spill, state = SpillState(), WindowsState()
    before = resident_mb()
    for offset in range(rows // ROWS):
        state.fold(CollectedRecord(offset, "segment", spill.keep(value)))
        spill.rest()
    assert state.open_rows() == {"c": rows}
    return {"before_mb": before, "after_mb": resident_mb(), "payload_mb": len(value) * (rows // ROWS) / 2**20}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(hold(int(sys.argv[1]))))
