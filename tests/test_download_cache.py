"""Downloads are kept once complete, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.kafka.local_broker.cache import cache_root, cached

SLOW_FILL = """
import sys, time
from pathlib import Path
from streams.kafka.local_broker.cache import cached

def fill(folder):
    print("filling", flush=True)
    sys.stdin.readline()
    (folder / "jar").write_text("whole")

print((cached(Path(sys.argv[1]), fill) / "jar").read_text(), flush=True)
"""


def write_jar(folder: Path) -> None:
    (folder / "jar").write_text("whole")


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    folder = cached(tmp_path / "deep" / "jars", write_jar)
    assert cached(folder, lambda _: pytest.fail("filled twice")) == folder
    assert (folder / "jar").read_text() == "whole"


def test_an_interrupted_download_is_done_again(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "jar").write_text("ha")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached(tmp_path / "jars", interrupted)
    assert not (tmp_path / "jars").exists()
    assert (cached(tmp_path / "jars", write_jar) / "jar").read_text() == "whole"


def test_a_download_that_was_killed_is_done_again(tmp_path: Path) -> None:
    with filling(tmp_path / "jars") as first:
        assert first.stdout.readline() == "filling\n"
        first.kill()
    assert (cached(tmp_path / "jars", write_jar) / "jar").read_text() == "whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jars", "jars.lock"]


def test_two_processes_that_ask_at_once_download_once(tmp_path: Path) -> None:
    with filling(tmp_path / "jars") as first, filling(tmp_path / "jars") as second:
        for process in (first, second):
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate()[0] for process in (first, second)]
    assert "".join(said).split().count("filling") == 1
    assert [lines.splitlines()[-1] for lines in said] == ["whole", "whole"]


def filling(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SLOW_FILL, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_cache_follows_xdg() -> None:
    assert cache_root({"XDG_CACHE_HOME": "/elsewhere"}) == Path("/elsewhere/streams")
    assert cache_root({}) == Path.home() / ".cache" / "streams"
