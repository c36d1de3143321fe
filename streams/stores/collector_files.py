"""The collectors file: read here, understood by `streams.core.collectors.parse`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streams.core.collectors.collection import Collectors
from streams.core.collectors.parse import parse_collectors


class CollectorsFileError(ValueError):
    """The collectors file cannot be read; the text names it and the remedy."""


def read_collectors(path: Path, environment: Mapping[str, str]) -> Collectors:
    """The collectors that a YAML or JSON file declares; `${NAME}` in it stands for a variable of the environment.

    Raises CollectorsFileError where it cannot be read, CollectorsInvalidError where it is wrong.
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
    return parse_collectors(text, str(path), environment)
