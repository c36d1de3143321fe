"""A worker's log, for people and for machines."""

import json
import logging
import sys

from streams.cli.logs import FORMATS


def record(message: str, *, failed: bool = False) -> logging.LogRecord:
    info = None
    if failed:
        try:
            int("no")
        except ValueError:
            info = sys.exc_info()
    return logging.LogRecord("streams.stages", logging.WARNING, __file__, 1, message, (), info)


def test_a_line_of_json_has_time_level_logger_message_and_exception() -> None:
    said = json.loads(FORMATS["json"]().format(record("two\nlines", failed=True)))

    assert {name: said[name] for name in ("level", "logger", "message")} == {
        "level": "warning",
        "logger": "streams.stages",
        "message": "two\nlines",
    }
    assert said["time"].endswith("+00:00")
    assert "ValueError: invalid literal" in said["exception"]
    assert "\n" not in FORMATS["json"]().format(record("two\nlines"))


def test_text_shows_no_control_character_of_what_it_quotes() -> None:
    assert "\x1b" not in FORMATS["text"]().format(record("\x1b[31mred"))
