"""The crash campaign: rounds of faults from a seed against a running pipeline, each followed by an audit.

Every round has three workers on all stages, constant traffic, a store of its own (a bucket behind a proxy, or a folder
on a small disk, in turn) and the broker that all rounds share, which is hit too. After its faults: each event must be
in exactly the batches it belongs in, ranges must add up, snapshot ids be unique, `streams audit` pass, and every
object equal, byte by byte, that of a run without faults. Exit code 1 where anything of this fails.

    scripts/bench crash --kills 200 --seed 1
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streams.kafka.local_broker import LocalBrokerProcess, LocalBrokerSpec  # noqa: E402 - the checkout is not installed
from tests.crash.attack import BROKER_FAULTS, WORKER_FAULTS  # noqa: E402
from tests.crash.campaign import Place, Round, attack  # noqa: E402
from tests.crash.clock import movable  # noqa: E402
from tests.crash.faults import Kind, drawn  # noqa: E402
from tests.crash.stores import AttackedStore, bucket_store, folder_store  # noqa: E402
from tests.servers.s3 import S3Server, S3ServerProcess  # noqa: E402

IDLE_AFTER_S = (5.0, 12.0)
"""Without faults of the broker, and with them: while it is away producers cannot write, which must not pass for
silence."""


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="go on until so many workers were killed")
    parser.add_argument("--faults", type=int, default=50, help="faults of one round")
    parser.add_argument("--every", type=float, default=1.5, help="seconds from one fault to the next, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", type=Path, help="write the result here after every round, as JSON")
    parser.add_argument("--output", choices=["text", "json"], default="text")
    return parser.parse_args()


def rounds(asked: argparse.Namespace, folder: Path) -> Iterator[Round]:
    """Rounds until enough workers were killed; the kinds that a round allows for alternate."""
    s3, kills, number = S3ServerProcess(folder / "s3"), 0, 0
    try:
        with LocalBrokerProcess(LocalBrokerSpec(heap_mib=768)) as broker:
            while kills < asked.kills:
                made = one_round(asked, folder / str(number), broker, s3.server, number)
                kills += made.kills
                number += 1
                yield made
    finally:
        s3.stop()


def one_round(asked: argparse.Namespace, folder: Path, broker: LocalBrokerProcess, s3: S3Server, number: int) -> Round:
    """Round `number`: its store and whether the broker is hit follow from it."""
    hit = number % 4 in (1, 2)
    folder.mkdir()
    with store_of(folder, s3, number) as store:
        possible = {*WORKER_FAULTS, *store.faults, *(BROKER_FAULTS if hit else ())}
        if movable(folder):
            possible.add(Kind.CLOCK)
        else:
            print(f"round {number + 1}: no clock jumps, for libfaketime is not here or does nothing", file=sys.stderr)
        faults = drawn(asked.seed * 1_000 + number, asked.faults, possible, asked.every)
        return attack(
            Place(broker.bootstrap_servers, broker if hit else None, folder, IDLE_AFTER_S[hit]), store, faults
        )


@contextmanager
def store_of(folder: Path, s3: S3Server, number: int) -> Iterator[AttackedStore]:
    """A bucket and a folder in turn."""
    with bucket_store(s3.fresh_bucket()) if number % 2 else folder_store(folder / "disk") as store:
        yield store


def summary(made: Sequence[Round], asked: argparse.Namespace, seconds: float) -> dict[str, object]:
    """All rounds together."""
    done, ended = Counter[str](), Counter[str]()
    for each in made:
        done.update(each.done)
        ended.update(each.ended)
    return {
        "seed": asked.seed,
        "rounds": len(made),
        "seconds": round(seconds),
        "kills": sum(each.kills for each in made),
        "events": sum(each.events for each in made),
        "batches": sum(each.batches for each in made),
        "snapshots": sum(each.snapshots for each in made),
        "done": dict(done),
        "ended_by_themselves": dict(ended),
        "lost": [each.lost for each in made if each.lost],
        "each": [asdict(each) for each in made],
    }


def show(result: dict[str, object]) -> None:
    """Print for people."""
    done = result["done"]
    assert isinstance(done, dict)
    for kind, number in sorted(done.items(), key=lambda item: -item[1]):
        print(f"{number:6,}  {kind}")
    print(
        f"{result['rounds']} rounds, {result['events']:,} events, {result['batches']:,} batches and as many reports,"
        f" {result['kills']} workers killed in {result['seconds']:,} s"
    )
    lost = result["lost"]
    assert isinstance(lost, list)
    print("nothing lost, doubled or changed" if not lost else f"{len(lost)} rounds FAILED:\n" + "\n".join(lost))


def main() -> int:
    """Attack; 1 where anything was lost, doubled, or came out otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that whatever was started ends, too
    asked, began = arguments(), time.monotonic()
    made: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="streams-crash-") as folder:
        for each in rounds(asked, Path(folder)):
            made.append(each)
            result = summary(made, asked, time.monotonic() - began)
            print(
                f"round {len(made)}: {each.kills} kills, {'FAILED' if each.lost else 'nothing lost'}", file=sys.stderr
            )
            if asked.result:
                asked.result.write_text(json.dumps(result, indent=1))
    result = summary(made, asked, time.monotonic() - began)
    print(json.dumps(result)) if asked.output == "json" else show(result)
    return 1 if result["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
