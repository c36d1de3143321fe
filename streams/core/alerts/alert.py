"""The alert: what its topic carries and webhooks are told."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from streams.core.collectors.alerts import Reason
from streams.core.json_schemas import json_schema_of

ALERT_FORMAT: Final = 1


class AlertFormatError(ValueError):
    """Bytes that are no alert, or one of a newer format."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. Its id is a function of collector, rule and what it is about: one that comes twice is the same one.

    `streak` says how many in a row there were: snapshots, or windows without rows. `at_ms` is when the log recorded the
    last of them, `start_ms` and `end_ms` bound its window, or all windows that are missing (epoch milliseconds).
    `snapshot_id`, `batch_id` and `verdict` are those of a snapshot. At most twenty of the `drifted_count` columns and
    the `failed_count` tests are named.
    """

    id: str
    format: int = ALERT_FORMAT
    collector_id: str
    rule: str
    reasons: tuple[Reason, ...]
    streak: int
    at_ms: int
    start_ms: int | None = None
    end_ms: int | None = None
    text: str
    snapshot_id: str | None = None
    batch_id: str | None = None
    verdict: str | None = None
    error: str | None = None
    drifted_columns: tuple[str, ...] = ()
    drifted_count: int = 0
    failed_tests: tuple[str, ...] = ()
    failed_count: int = 0


def json_schema() -> dict[str, Any]:
    """JSON Schema of an alert, as in `schemas/alert.schema.json`."""
    return json_schema_of(Alert)


def encode_alert(alert: Alert) -> bytes:
    """Canonical JSON: keys sorted, equal bytes for equal alerts."""
    return msgspec.json.encode(alert, order="sorted")


def decode_alert(value: bytes) -> Alert:
    """Read an alert; fields of later versions are ignored. Raises AlertFormatError."""
    try:
        alert = msgspec.json.decode(value, type=Alert)
    except msgspec.MsgspecError as error:
        raise AlertFormatError(f"no alert: {error}") from error
    if alert.format > ALERT_FORMAT:
        raise AlertFormatError(
            f"alert {alert.id} has format {alert.format}, this program reads up to {ALERT_FORMAT}: upgrade it"
        )
    return alert
