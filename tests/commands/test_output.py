"""Results as people and programs read them: on a terminal, in a pipe, as JSON."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli.output import printable, printable_json, text_of

SCRIPT = """
import sys
from streams.cli.options import OutputFormat, Session
from streams.cli.output import show_facts, show_rows
session = Session(OutputFormat(sys.argv[1]), {})
columns = [f"c{n}" for n in range(40)]
rows = [{"collector": "hour\\x1b[31mly" * 20, "batch": "4f1c9a" * 8, "columns": columns, "rows": 12}]
show_rows(session, rows, ["collector", "batch", "columns", "rows"], "Title")
show_facts(session, {"evil": "\\x9b31mred\\u202e", "none": None})
"""


def on_a_terminal(width: int) -> str:
    """What the script prints on a pseudo-terminal so many columns wide."""
    master, slave = pty.openpty()
    environ = {**os.environ, "COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-c", SCRIPT, "table"], stdout=slave, env=environ) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 65_536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(master)
    assert process.returncode == 0
    return shown.decode()


def piped(form: str) -> str:
    return subprocess.run([sys.executable, "-c", SCRIPT, form], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_table_fits_the_terminal_and_ids_are_cut_with_an_ellipsis(width: int) -> None:
    lines = on_a_terminal(width).replace("\r", "").splitlines()

    plain = [line.replace("\x1b[1m", "").replace("\x1b[3m", "").replace("\x1b[0m", "") for line in lines]
    assert max(map(len, plain)) <= width
    assert any("…" in line for line in plain)
    assert not any("4f1c9a" * 8 in line for line in plain)


def test_what_is_piped_is_tab_separated_and_whole() -> None:
    header, row, fact = piped("table").splitlines()

    assert header == "collector\tbatch\tcolumns\trows"
    assert row.split("\t")[1:] == ["4f1c9a" * 8, "c0, c1, c2, c3, c4, c5 and 34 more", "12"]
    assert fact == "evil\t\\x9b31mred\\u202e"


@pytest.mark.parametrize("shown", [on_a_terminal(200), piped("table")])
def test_control_characters_of_data_never_reach_a_terminal(shown: str) -> None:
    assert "\x1b[31m" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[31m" in shown


def test_json_stays_the_same_document_without_control_characters() -> None:
    value = {"a\x9b\x7f": ["\u202e", "\ud800", "\n", "ä"]}

    shown = printable_json(json.dumps(value, indent=2, ensure_ascii=False))

    assert json.loads(shown) == value
    assert not any(character in shown for character in "\x9b\x7f\u202e\ud800")
    assert "ä" in shown


def test_cells_are_texts_of_one_line() -> None:
    assert text_of("a\nb\tc") == "a\\nb\\tc"
    assert text_of(["a\x1b"] * 2) == "a\\x1b, a\\x1b"
    assert text_of(1234567) == "1,234,567"
    assert printable("plain ümläut") == "plain ümläut"


def test_an_error_shows_no_control_character_of_what_it_quotes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "operators", "\x1b[31mred"],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )

    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
