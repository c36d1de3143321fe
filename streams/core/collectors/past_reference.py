"""References that are batches of the past: `previous batch`, `last 7 batches`."""

from __future__ import annotations

import re

_PAST = re.compile(r"^(?:previous batch|last (?P<count>[1-9][0-9]{0,2}) batch(?:es)?)$")


def batches_back(reference: str) -> int | None:
    """How many batches before its own a collector compares with; None where the reference is a path or URI."""
    found = _PAST.match(reference)
    return None if found is None else int(found["count"] or 1)
