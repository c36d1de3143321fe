from pathlib import Path

import msgspec
import pytest

from streams.core.alerts.alert import AlertFormatError, decode_alert, encode_alert, json_schema
from streams.core.alerts.snapshots import CollectorProgress, after
from streams.core.reports.verdicts import Verdict
from tests.core.alerts.alerting import rule, snapshot

(ALERT,) = after(CollectorProgress(), [rule()], snapshot(0, Verdict.DRIFTED), 0)[1]


def test_an_alert_survives_its_own_json_and_ignores_what_later_versions_add() -> None:
    later = msgspec.json.decode(encode_alert(ALERT)) | {"colour": "red"}
    assert decode_alert(msgspec.json.encode(later)) == ALERT


@pytest.mark.parametrize(("raw", "said"), [(b"{", "no alert"), (b'{"id": 3}', "no alert")])
def test_what_is_no_alert_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(AlertFormatError, match=said):
        decode_alert(raw)


def test_a_newer_format_is_refused_with_the_remedy() -> None:
    with pytest.raises(AlertFormatError, match="has format 9, this program reads up to 1: upgrade it"):
        decode_alert(encode_alert(msgspec.structs.replace(ALERT, format=9)))


def test_the_shipped_json_schema_is_the_alerts() -> None:
    shipped = Path(__file__).parents[3] / "schemas" / "alert.schema.json"
    assert msgspec.json.decode(shipped.read_bytes()) == msgspec.json.decode(msgspec.json.encode(json_schema())), (
        "run scripts/generate_docs.py"
    )
