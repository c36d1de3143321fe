"""The webhooks stage between alerts and real HTTP servers that may be away."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from streams.core.alerts.alert import encode_alert
from streams.kafka.dead_letters import ATTEMPTS
from streams.kafka.items import Start
from streams.metrics import create_metrics
from streams.outlets.errors import OutletUnavailableError
from streams.outlets.http import open_http
from streams.outlets.webhook import WebhookOutlet
from streams.stages.webhooks import WEBHOOK, WebhookSettings, WebhooksState
from tests.core.batches.closed_windows import collector_of
from tests.outlets.test_webhook import ALERT
from tests.servers.webhooks import WebhookServer
from tests.stages.chunks import chunk_of

MINUTE_MS = 60_000


@pytest.fixture
def servers() -> Iterator[tuple[WebhookServer, WebhookServer]]:
    with WebhookServer() as one, WebhookServer() as other:
        yield one, other


def stage_of(*servers: WebhookServer, later_ms: int = 0) -> WebhooksState:
    webhooks = [{"url": each.url + "/hidden"} for each in servers]
    state = WebhooksState(
        WebhookSettings("alerts", "dead-letters", attempts=3, stale_after_ms=MINUTE_MS),
        {"fraud": collector_of(id="fraud", alerts=[{"name": "drift", "webhooks": webhooks}, {"name": "other"}])},
        WebhookOutlet(open_http()),
        lambda: ALERT.at_ms + later_ms,
        create_metrics(),
    )
    state.assign([Start(0, 7, "")], 1)
    return state


def chunk(*headers: tuple[str, bytes], **parts: Any) -> Any:
    return chunk_of([encode_alert(msgspec.structs.replace(ALERT, **parts))], 7, [*headers], "alerts")


def outcomes(state: WebhooksState) -> dict[str, float]:
    checkpoint = state.checkpoint()
    checkpoint.committed()
    assert [each.offset for each in checkpoint.offsets] == [8]
    found = state.metrics.webhooks.collect()[0].samples
    return {each.labels["outcome"]: each.value for each in found if each.name.endswith("_total")}


def test_every_webhook_of_the_rule_is_told(servers: tuple[WebhookServer, WebhookServer]) -> None:
    state = stage_of(*servers)
    assert state.process(chunk()) == []
    assert [len(each.taken) for each in servers] == [1, 1]
    assert outcomes(state) == {"sent": 2}


def test_an_alert_of_a_rule_or_collector_that_is_no_more_is_passed_by(
    servers: tuple[WebhookServer, WebhookServer],
) -> None:
    state = stage_of(*servers)
    state.process(chunk(rule="former"))
    state.process(chunk(collector_id="former"))
    assert [len(each.taken) for each in servers] == [0, 0]


def test_what_is_no_alert_is_a_dead_letter_and_the_alert_beside_it_is_told(
    servers: tuple[WebhookServer, WebhookServer],
) -> None:
    state = stage_of(*servers)
    (letter,) = state.process(chunk_of([b"no alert", encode_alert(ALERT)], 6, [], "alerts"))
    assert (letter.topic, letter.value) == ("dead-letters", b"no alert")
    assert [len(each.taken) for each in servers] == [1, 1]
    assert outcomes(state) == {"sent": 2}


def test_one_that_is_away_is_tried_again_alone_and_under_the_same_id(
    servers: tuple[WebhookServer, WebhookServer],
) -> None:
    state, given = stage_of(*servers), chunk()
    servers[0].answer = 503
    with pytest.raises(OutletUnavailableError):
        state.process(given)
    servers[0].answer = 200
    assert state.process(given) == []
    assert [len(each.taken) for each in servers] == [2, 1]
    assert {taken.headers["webhook-id"] for taken in servers[0].taken} == {ALERT.id}


def test_what_so_many_attempts_cannot_deliver_is_a_dead_letter_for_that_webhook_alone(
    servers: tuple[WebhookServer, WebhookServer],
) -> None:
    state, given = stage_of(*servers), chunk()
    servers[1].answer = 500
    for _ in range(2):
        with pytest.raises(OutletUnavailableError):
            state.process(given)
    (letter,) = state.process(given)
    said = dict(letter.headers or ())
    assert (letter.topic, letter.value) == ("dead-letters", given.raw.values[0])
    assert (said[WEBHOOK], said["__connect.errors.stage"]) == (b"1", b"TASK_PUT")
    assert said["__connect.errors.exception.message"] == b"webhook at 127.0.0.1: status 500"
    assert outcomes(state) == {"sent": 1, "dead": 1}

    servers[1].answer = 200
    state.process(chunk((WEBHOOK, said[WEBHOOK] or b""), (ATTEMPTS, b"1")))
    assert [len(each.taken) for each in servers] == [1, 4]


def test_what_is_refused_for_good_is_a_dead_letter_at_once(servers: tuple[WebhookServer, WebhookServer]) -> None:
    state = stage_of(*servers)
    servers[0].answer = 410
    (letter,) = state.process(chunk())
    assert b"hidden" not in b"".join(value or b"" for _, value in letter.headers or ())
    assert outcomes(state) == {"dead": 1, "sent": 1}


def test_an_old_alert_is_told_to_nobody_unless_somebody_asks_for_it_again(
    servers: tuple[WebhookServer, WebhookServer],
) -> None:
    state = stage_of(servers[0], later_ms=2 * MINUTE_MS)
    state.process(chunk())
    assert servers[0].taken == []
    assert outcomes(state) == {"stale": 1}
    state.process(chunk((ATTEMPTS, b"1")))
    assert len(servers[0].taken) == 1
