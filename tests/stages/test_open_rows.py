import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("open_rows.py")


def test_rows_of_open_windows_wait_in_files_and_cost_less_than_fifty_bytes_of_memory_each() -> None:
    rows = 500_000
    ran = subprocess.run([sys.executable, PROGRAM, str(rows)], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert found["payload_mb"] > rows * 600 / 2**20
    assert found["after_mb"] - found["before_mb"] < rows * 50 / 2**20
