"""Whether labels wait for long enough: a batch is published only once its window is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from streams.core.collectors.collector import Collector
from streams.core.windows.longest import longest_window_ms


def short_waits(collectors: Iterable[Collector], wait_ms: int, now_ms: int) -> Iterator[str]:
    """What is wrong, for each enabled collector with windows that labels do not wait for. Windows that only rows close
    may be of any length: nothing is said of them.
    """
    for collector in collectors:
        plan = collector.plan()
        span_ms = longest_window_ms(plan.trigger, now_ms) if collector.enabled else None
        if span_ms is not None and span_ms + plan.allowed_lateness_ms > wait_ms:
            needed = timedelta(milliseconds=span_ms + plan.allowed_lateness_ms)
            yield (
                f"labels wait {timedelta(milliseconds=wait_ms)} for their batch, less than a window of collector"
                f" {collector.id} takes with its lateness ({needed}): raise labels.wait_s"
            )
