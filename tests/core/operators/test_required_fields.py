import pytest

from streams.core.events.projection import Projection
from streams.core.operators.maximum_probability_below import MaximumProbabilityBelow
from streams.core.operators.metadata_filter import MetadataFilter
from streams.core.operators.regex_filter import RegexFilter
from streams.core.operators.required_fields import FieldNotDecodedError
from streams.core.operators.table import AnyFilter
from tests.core.blocks import block_of

CONDITION = {"where": {"field": "plan", "exists": True}}


@pytest.mark.parametrize(
    ("operator", "field"),
    [
        (MaximumProbabilityBelow(threshold=0.5), "concepts"),
        (RegexFilter(pattern="a"), "input.data"),
        (MetadataFilter.model_validate(CONDITION), "metadata.plan"),
    ],
)
def test_a_block_decoded_without_what_an_operator_looks_at_is_a_fault_and_not_an_empty_field(
    operator: AnyFilter, field: str
) -> None:
    with pytest.raises(FieldNotDecodedError, match=field):
        operator.keep(block_of([{"id": "a"}], Projection()), 1)
