"""Alerts over real HTTP, with signatures that are checked by other code than made them."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from streams.core.alerts.alert import Alert
from streams.core.collectors.alerts import Webhook
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.outlets.http import open_http
from streams.outlets.webhook import WebhookOutlet, signature
from tests.servers.webhooks import WebhookServer

ALERT = Alert(
    id="a" * 32,
    collector_id="fraud",
    rule="drift",
    reasons=("drift",),
    streak=3,
    at_ms=1_763_722_800_000,
    text="fraud: drift in 1 of 2 columns (a<b & c)",
)
NOW_MS = 1_763_722_805_250
KEY = b"\0bytes\xff"
AWAY, REFUSED = OutletUnavailableError, OutletRefusedError


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with WebhookServer() as running:
        yield running


def post(url: str, **parts: Any) -> None:
    WebhookOutlet(open_http()).post(Webhook.model_validate({"url": url, **parts}), ALERT, NOW_MS)


@pytest.mark.parametrize(
    ("secret", "key"), [("plain text", b"plain text"), ("whsec_" + base64.b64encode(KEY).decode(), KEY)]
)
def test_the_signature_is_that_of_standard_webhooks(server: WebhookServer, secret: str, key: bytes) -> None:
    post(server.url, secret=secret)
    (taken,) = server.taken
    stamp = taken.headers["webhook-timestamp"]
    signed = b".".join([taken.headers["webhook-id"].encode(), stamp.encode(), taken.body])
    version, given = taken.headers["webhook-signature"].split(",")
    assert (version, stamp, taken.headers["webhook-id"]) == ("v1", "1763722805", ALERT.id)
    assert base64.b64decode(given) == hmac.new(key, signed, hashlib.sha256).digest()


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    body = b'{"test": 2432232314}'
    signed = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_generic_webhook_gets_the_alert_as_json(server: WebhookServer) -> None:
    post(server.url)
    (taken,) = server.taken
    said = json.loads(taken.body)
    assert (said["type"], said["timestamp"]) == ("alert", "2025-11-21T11:00:00.000+00:00")
    assert {"id": ALERT.id, "collector_id": "fraud", "rule": "drift", "streak": 3}.items() <= said["data"].items()
    assert taken.headers["content-type"] == "application/json"
    assert "webhook-signature" not in taken.headers


def test_slack_gets_a_text_in_which_nothing_is_markup(server: WebhookServer) -> None:
    post(server.url, format="slack")
    assert json.loads(server.taken[0].body) == {"text": ":warning: fraud: drift in 1 of 2 columns (a&lt;b &amp; c)"}


@pytest.mark.parametrize(("status", "error"), [(500, AWAY), (429, AWAY), (404, REFUSED), (302, REFUSED)])
def test_an_answer_says_whether_asking_again_may_help_and_no_error_has_the_address(
    server: WebhookServer, status: int, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = status
    with caplog.at_level(logging.INFO), pytest.raises(error, match=f"webhook at 127.0.0.1: status {status}") as told:
        post(f"{server.url}/services/T0/hidden", secret="hidden")
    assert "hidden" not in f"{told.value}{caplog.text}"


def test_one_that_nobody_answers_is_away_and_no_error_has_the_address(server: WebhookServer) -> None:
    server.close()
    with pytest.raises(OutletUnavailableError, match=r"webhook at 127\.0\.0\.1: \w+$"):
        post(f"{server.url}/hidden")


def test_a_secret_that_is_no_base64_is_refused_without_being_told(server: WebhookServer) -> None:
    with pytest.raises(OutletRefusedError, match="no base64") as told:
        post(server.url, secret="whsec_hidden!")
    assert "hidden" not in str(told.value)
