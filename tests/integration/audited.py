"""What `streams audit` has to say of a pipeline."""

from typing import Any

from tests.integration.pipeline import PipelineState


def assert_accounted(run: PipelineState) -> Any:
    """The audit finds nothing but what stopped workers left unread; returns what it printed."""
    audited = run.command("audit", "--output", "json")
    found = audited.json
    assert [each for each in found["findings"] if each["check"] != "backlog"] == [], audited.everything
    return found
