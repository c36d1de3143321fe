"""Drift reports against Evidently's, on the same data in one go; and a table of 1,000 columns.

Evidently needs pandas below 3, so it gets an environment of its own, made on first use.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CONTENDERS = Path(__file__).with_name("_report_contenders.py")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "streams" / "evidently-0.7.23"
REACH = 20


def main() -> None:
    """Measure, print, and fail where the ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="times that both contenders run, one after the other")
    parser.add_argument("--evidently", type=Path, help="python with evidently==0.7.23 (made where not given)")
    asked = parser.parse_args()
    theirs = asked.evidently or evidently_python()
    with tempfile.TemporaryDirectory() as made:
        ratios = [compare(Path(made), theirs, asked.rows) for _ in range(asked.rounds)]
        wide(Path(made))
    ratio = sorted(ratios)[len(ratios) // 2]
    print(f"drift of {asked.rows:,} rows x 12 columns: {ratio:.0f} times as fast as Evidently (reach: {REACH})")
    sys.exit(ratio < REACH)


def compare(folder: Path, evidently: Path, rows: int) -> float:
    """One round: how many times as fast the same scores are."""
    for seed, side in enumerate(("reference", "current")):
        pq.write_table(table(rows, seed, numeric=8, categorical=4), folder / f"{side}.parquet")
    theirs = run(evidently, "evidently", folder, 1)["drift"]
    ours = run(Path(sys.executable), "ours", folder, 5)
    for name, measured in ours.items():
        assert measured["scores"].keys() == theirs["scores"].keys()
        for column, score in theirs["scores"].items():
            assert abs(score - measured["scores"][column]) < 1e-9, (column, score, measured["scores"][column])
        taken = f"{measured['seconds'] * 1000:7.0f} ms, Evidently's drift {theirs['seconds']:.2f} s"
        print(f"{name:24} {taken}: {theirs['seconds'] / measured['seconds']:.0f}x")
    return float(theirs["seconds"] / ours["drift"]["seconds"])


def wide(folder: Path) -> None:
    """1,000 columns of 10,000 rows."""
    for seed, side in enumerate(("reference", "current")):
        pq.write_table(table(10_000, seed, numeric=700, categorical=300), folder / f"{side}.parquet")
    for name, measured in run(Path(sys.executable), "ours", folder, 1).items():
        print(f"1,000 columns x 10,000 rows, {name:24} {measured['seconds']:.2f} s")


def run(python: Path, contender: str, folder: Path, runs: int) -> dict[str, Any]:
    """What one contender measured, in a process of its own."""
    command = [str(python), str(CONTENDERS), contender, str(folder), str(runs)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return measured


def table(rows: int, seed: int, *, numeric: int, categorical: int) -> pa.Table:
    """Normal, long-tailed, whole and partly missing numbers, and strings; seed 1 shifts some of them."""
    draw = np.random.default_rng(seed)
    shapes = (
        lambda: draw.normal(0.2 * seed, 1, rows),
        lambda: draw.lognormal(1 + 0.2 * seed, 0.5, rows),
        lambda: draw.integers(0, 100, rows),
        lambda: np.where(draw.random(rows) < 0.03, np.nan, draw.exponential(2, rows)),
    )
    names = np.array(["ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "oak"])
    columns = {f"n{at}": shapes[at % len(shapes)]() for at in range(numeric)}
    return pa.table(
        columns | {f"c{at}": names[draw.integers(0, 8 if at % 2 else 2, rows)] for at in range(categorical)}
    )


def evidently_python() -> Path:
    """A Python that has Evidently, from the cache or made now."""
    python = CACHE / "bin" / "python"
    if not python.exists():
        print(f"bench: installing evidently 0.7.23 into {CACHE}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "evidently==0.7.23", "pandas<3"], check=True)
    return python


if __name__ == "__main__":
    main()
