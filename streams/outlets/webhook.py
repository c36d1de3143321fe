"""Alerts by HTTP POST, signed as Standard Webhooks has it (https://www.standardwebhooks.com, 1.0.0).

An alert has the same `webhook-id` however often it is sent: a receiver that remembers ids takes it once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from streams.core.alerts.alert import Alert
from streams.core.collectors.alerts import Webhook
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.outlets.http import HttpClient

_PREFIX = "whsec_"
_TIMEOUT_S = 10.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


@dataclass(frozen=True, slots=True)
class WebhookOutlet:
    """Posts alerts. One thread at a time."""

    http: HttpClient

    def post(self, webhook: Webhook, alert: Alert, now_ms: int) -> None:
        """Tell a webhook. Raises OutletUnavailableError, OutletRefusedError: their texts have the host, no more of the
        address, for an address may be a secret.
        """
        url, body = webhook.url.get_secret_value(), _BODIES[webhook.format](alert)
        where = urlsplit(url).hostname
        try:
            answer = self.http.ask("POST", url, _headers(webhook, alert.id, now_ms // 1000, body), body, _TIMEOUT_S)
        except OutletUnavailableError as error:
            raise OutletUnavailableError(f"webhook at {where}: {str(error).rpartition(': ')[2]}") from None
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise OutletRefusedError(f"webhook at {where}: status {answer.status}; see its url, format and secret")


def signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body, joined by dots.

    The key is what follows `whsec_`, in base64; a secret without that prefix is the key itself, in UTF-8.
    """
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise OutletRefusedError(f"the webhook's secret begins with {_PREFIX} and goes on in no base64") from None


def _headers(webhook: Webhook, message_id: str, timestamp_s: int, body: bytes) -> Mapping[str, str]:
    headers = {"webhook-id": message_id, "webhook-timestamp": str(timestamp_s)}
    if webhook.secret is None:
        return headers
    return headers | {"webhook-signature": signature(webhook.secret.get_secret_value(), message_id, timestamp_s, body)}


def _json(alert: Alert) -> bytes:
    at = (_EPOCH + timedelta(milliseconds=alert.at_ms)).isoformat(timespec="milliseconds")
    return msgspec.json.encode({"type": "alert", "timestamp": at, "data": alert}, order="sorted")


def _slack(alert: Alert) -> bytes:
    text = f":warning: {alert.text}"
    for character, escaped in _ESCAPED:
        text = text.replace(character, escaped)
    return msgspec.json.encode({"text": text})


_BODIES = {"json": _json, "slack": _slack}
