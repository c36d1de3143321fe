import pytest
from pydantic import ValidationError

from streams.core.collectors.collector import Collector
from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.problems import CollectorsInvalidError
from tests.core.batches.closed_windows import collector_of

FILE = """
collectors:
  - id: c
    trigger: {type: interval, interval: 1h}
    alerts:
      - name: mine
        on: [drift, missing]
        after: 3
        quiet: 1h
        webhooks:
          - {url: "${HOOK}", format: slack, secret: "${KEY}"}
"""
ENVIRONMENT = {"HOOK": "https://hooks.example/services/hidden", "KEY": "hidden-too"}


def test_secrets_come_from_the_environment_and_are_shown_nowhere() -> None:
    (collector,) = parse_collectors(FILE, "c.yaml", ENVIRONMENT)
    (webhook,) = collector.alerts[0].webhooks
    assert webhook.url.get_secret_value() == ENVIRONMENT["HOOK"]
    assert webhook.secret is not None
    assert webhook.secret.get_secret_value() == ENVIRONMENT["KEY"]
    assert "hidden" not in f"{collector!r}{collector}{collector.model_dump_json()}{collector.plan()}"


def test_alerts_shape_no_batch() -> None:
    assert collector_of(alerts=[{}]).config_hash == collector_of().config_hash


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "alerts: [{on: [drfit]}]",
            r"alerts\[0\].on\[0\] = \"drfit\": is not one of the values it may have; write",
        ),
        ("alerts: [{on: []}]", r"alerts\[0\].on: is empty"),
        ("alerts: [{after: 0}]", r"alerts\[0\].after = 0: .*write a number from 1 up to 1000"),
        ("alerts: [{quiet: soon}]", r"alerts\[0\].quiet = \"soon\": is not a duration; write 30s"),
        ("alerts: [{}, {}]", "two alerts have the name 'alert'; give each a name of its own"),
        ("alerts: [{webhooks: [{url: hidden}]}]", r"webhooks\[0\].url: is not a web address; write http"),
        ("alerts: [{webhooks: [{url: 'http://a:hidden@b'}]}]", r"webhooks\[0\].url: holds a user or password"),
        ("alerts: [{webhooks: [{url: '${UNSET}'}]}]", "the environment has no variable UNSET"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_remedy_but_no_address(written: str, said: str) -> None:
    text = f"collectors: [{{id: c, trigger: {{type: interval, interval: 1h}}, {written}}}]"
    with pytest.raises(CollectorsInvalidError, match=said) as refused:
        parse_collectors(text, "c.yaml")
    assert "hidden" not in str(refused.value)


def test_missing_batches_need_windows_that_end_by_time() -> None:
    with pytest.raises(ValidationError, match="needs windows that end by time"):
        Collector.model_validate({"id": "c", "trigger": {"type": "rows", "rows": 5}, "alerts": [{"on": ["missing"]}]})
