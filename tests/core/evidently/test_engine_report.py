import json
import uuid

from streams.core.evidently.engine_report import settled


def test_widgets_get_the_same_ids_in_every_run_and_what_refers_to_them_follows() -> None:
    def written() -> dict[str, object]:
        name = str(uuid.uuid4())
        return {"widgets": [{"id": name, "parts": [name]}, {"id": str(uuid.uuid4())}]}

    first, again = settled(written(), "batch"), settled(written(), "batch")
    assert first == again != settled(written(), "another")
    one, other = json.loads(first)["widgets"]
    assert one["id"] == one["parts"][0] != other["id"]


def test_what_json_lacks_is_written_as_in_our_own_snapshots() -> None:
    assert json.loads(settled({"value": float("nan"), "other": float("inf")}, "")) == {
        "value": None,
        "other": "Infinity",
    }
