import pytest
from pydantic import TypeAdapter, ValidationError

from streams.core.collectors.triggers import Trigger
from streams.core.windows import plan

TRIGGERS: TypeAdapter[Trigger] = TypeAdapter(Trigger)


@pytest.mark.parametrize(
    ("given", "planned"),
    [
        ({"type": "interval", "interval": "1h"}, plan.Trigger("interval", interval_ms=3_600_000)),
        ({"type": "rows", "rows": 5}, plan.Trigger("rows", rows=5)),
        ({"type": "rows_or_interval", "rows": 5, "interval": 2}, plan.Trigger("rows_or_interval", 2000, 5)),
        ({"type": "cron", "expression": "0 6 * * mon"}, plan.Trigger("cron", cron="0 6 * * mon", timezone="UTC")),
        (
            {"type": "cron", "expression": "0 0 * * *", "timezone": "Europe/Berlin"},
            plan.Trigger("cron", cron="0 0 * * *", timezone="Europe/Berlin"),
        ),
    ],
)
def test_a_trigger_is_planned_as_it_is_declared(given: dict[str, object], planned: plan.Trigger) -> None:
    assert TRIGGERS.validate_python(given).planned() == planned


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"type": "interval", "interval": 0}, "longer than 0"),
        ({"type": "rows", "rows": 0}, "greater than or equal to 1"),
        ({"type": "rows", "rows": 1.5}, "integer"),
        ({"type": "rows_or_interval", "rows": 1}, "interval"),
        ({"type": "cron", "expression": "0 6 * *"}, "has 4 fields, not five"),
        ({"type": "cron", "expression": "* * * * * *"}, "has 6 fields, not five"),
        ({"type": "cron", "expression": "61 * * * *"}, "61"),
        ({"type": "cron", "expression": "0 0 30 2 *"}, "0 0 30 2"),
        ({"type": "cron", "expression": "0 0 * * *", "timezone": "Europe/Atlantis"}, "Europe/Atlantis"),
        ({"type": "hourly"}, "hourly"),
    ],
)
def test_a_trigger_that_could_not_fire_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TRIGGERS.validate_python(given)
