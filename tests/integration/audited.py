"""What `streams audit` has to say of a pipeline."""

from typing import Any

from tests.integration.pipeline import PipelineState


def unaccounted(audited: Any, *tolerated: str) -> list[Any]:
    """Findings of an audit but of tolerated checks, and but of what stopped or missing workers left unread."""
    return [each for each in audited["findings"] if each["check"] not in ("backlog", *tolerated)]


def assert_accounted(run: PipelineState, *tolerated: str) -> Any:
    """The audit finds nothing else; returns what it printed."""
    audited = run.command("audit", "--output", "json")
    assert unaccounted(audited.json, *tolerated) == [], audited.everything
    return audited.json
