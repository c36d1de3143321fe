"""Hostile inputs of each kind, by a seed, in a process of their own: it lives, accounts for each, and stays small.

`STREAMS_FUZZ_INPUTS` says how many of each kind, `STREAMS_FUZZ_SEED` which.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.events.fuzzed import EACH, SEED
from tests.core.hostile_run import KINDS

_LIMIT_MIB = 2_048
_CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(0)  # grows with the number of inputs
def test_hostile_inputs_are_all_accounted_for_in_little_memory(kind: str) -> None:
    asked = [sys.executable, "-X", "faulthandler", "-m", "tests.core.hostile_run", kind, str(EACH), str(SEED)]
    done = subprocess.run(asked, cwd=_CHECKOUT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4_000:]
    found = json.loads(done.stdout)
    assert sum(found["became"].values()) >= EACH
    assert found["peak_mib"] < _LIMIT_MIB, found
