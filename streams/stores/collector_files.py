"""The collectors file: read here, understood by `streams.core.collectors.parse`."""

from __future__ import annotations

import os
from pathlib import Path

from streams.core.collectors.collection import Collectors
from streams.core.collectors.parse import parse_collectors


class CollectorsFileError(ValueError):
    """The collectors file cannot be read; the text names it and the remedy."""


def read_collectors(path: Path) -> Collectors:
    """The collectors that a YAML or JSON file declares, with `${NAME}` taken from the environment.

    Raises CollectorsFileError and what the parser raises.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CollectorsFileError(
            f"collectors file {path}: {error.strerror}: create it, or name another with --collectors"
            " or STREAMS_COLLECTORS"
        ) from None
    except UnicodeDecodeError as error:
        raise CollectorsFileError(
            f"collectors file {path} is not UTF-8 at byte {error.start}: save it as UTF-8"
        ) from None
    return parse_collectors(text, str(path), os.environ)
