"""Identifiers that are functions of what they name: the same on every machine, in every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def _digest(*parts: str) -> str:
    """SHA-256 (hex) of parts, each with its length in front, so that no two lists of parts run together."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def batch_id(collector_id: str, config_hash: str, start_ms: int, end_ms: int, sequence: int) -> str:
    """Name a batch by what it is a batch of: 32 hex digits.

    `start_ms` and `end_ms` are the window's bounds, `sequence` its number among its plan's windows (0 where
    bounds tell windows apart).
    """
    return _digest(collector_id, config_hash, str(start_ms), str(end_ms), str(sequence))[:32]


def config_hash(document: Mapping[str, Any]) -> str:
    """16 hex digits for a configuration as JSON-compatible data; the order of keys does not matter."""
    return _digest(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True))[:16]


def snapshot_id(batch_id: str, report_hash: str, reference_hash: str | None) -> str:
    """Name the snapshot of one batch, report configuration and reference (None: without one): 32 hex digits."""
    return _digest(batch_id, report_hash, reference_hash or "")[:32]


def alert_id(collector_id: str, rule: str, subject: str) -> str:
    """Name the alert that a rule of a collector gives about one subject (a snapshot's id, a stretch): 32 hex digits."""
    return _digest(collector_id, rule, subject)[:32]


def quality_id(snapshot_id: str, revision: int, labels_hash: str) -> str:
    """Name a model's quality on labels that came after the snapshot of an id: 32 hex digits."""
    return _digest(snapshot_id, "quality", str(revision), labels_hash)[:32]
