"""One rule's memory: how many in a row there were, and when it last gave an alert."""

from __future__ import annotations

import msgspec

from streams.core.collectors.alerts import AlertRule
from streams.core.collectors.durations import milliseconds


class RuleProgress(msgspec.Struct, frozen=True):
    """`streak` is how many in a row were bad; `alerted_ms` when the rule last gave an alert, None if never."""

    streak: int = 0
    alerted_ms: int | None = None


def worse(progress: RuleProgress, rule: AlertRule, streak: int, at_ms: int) -> tuple[RuleProgress, bool]:
    """The streak has grown to `streak` at `at_ms`: whether that gives an alert."""
    alerted_ms = progress.alerted_ms
    quiet = alerted_ms is not None and at_ms - alerted_ms < milliseconds(rule.quiet)
    alerts = streak >= rule.after and not quiet
    return RuleProgress(streak, at_ms if alerts else alerted_ms), alerts


def well(progress: RuleProgress) -> RuleProgress:
    """The streak is over. Quiet time goes on."""
    return RuleProgress(0, progress.alerted_ms)
