"""Epoch milliseconds with two ends."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Times: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

NEVER_MS = -(2**62)  # before every time; far enough from the integer's end that a lateness can be taken off
FOREVER_MS = 2**62  # after every time
ALL_MS = FOREVER_MS - 1  # behind every time, but before the end of a window without end
