"""How a worker's log is written: lines for people, or an object a line for machines."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from streams.cli.output import printable_json, printable_lines


class TextFormatter(logging.Formatter):
    """Time, level, logger and message. What a message quotes cannot move the cursor of a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the lines of an exception."""
        return printable_lines(super().format(record))


class JsonFormatter(logging.Formatter):
    """An object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The object as JSON."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return printable_json(json.dumps(said, ensure_ascii=False))


FORMATS: Mapping[str, Callable[[], logging.Formatter]] = {"text": TextFormatter, "json": JsonFormatter}
