"""Faust, with its own Kafka switched off: it runs agents over channels, supervises services and answers
probes.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import faust
from faust.app.base import BootStrategy
from faust.channels import Channel
from mode.utils.queues import ThrowableQueue

from streams.kafka.items import Item
from streams.stages.runner import RunnerState


class WithoutKafka(BootStrategy):
    """Start agents and web, and none of Faust's Kafka: librdkafka moves the bytes."""

    enable_kafka = False


class StageApp(faust.App):
    """A Faust app that never speaks to a broker."""

    BootStrategy = WithoutKafka


class ItemChannel(Channel[Item]):
    """A channel that keeps what is in it when flow resumes; Faust's own drops it."""

    @property
    def queue(self) -> ThrowableQueue[Any]:
        """The queue of this subscriber."""
        if self._queue is None:
            self._queue = self.app.FlowControlQueue(maxsize=0, clear_on_resume=False)
        return self._queue


def create_app(app_id: str, host: str, port: int, folder: Path) -> StageApp:
    """An app without discovery, tables and routing; `folder` is where Faust insists to have one."""
    app = StageApp(
        app_id,
        broker="kafka://off",
        autodiscover=False,
        web_host=host,
        web_bind=host,
        web_port=port or _free_port(host),
        web_router_enabled=False,
        web_tables_enabled=False,
        datadir=str(folder),
        topic_disable_leader=True,
    )
    app.finalize()
    app.flow_control.resume()
    return app


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def create_agent(
    app: StageApp, name: str, runner: RunnerState, crash: Callable[[BaseException], Awaitable[None]]
) -> ItemChannel:
    """Subscribe an agent that hands each item to the runner; what the runner cannot recover from stops the
    worker.

    Faust would lose the item and go on with the next, and with it the order that exactly-once stands on.
    """
    channel = ItemChannel(app)

    async def agent(stream: Any) -> None:
        async for item in stream:
            try:
                await runner.handle(item)
            except Exception as error:  # noqa: BLE001
                await crash(error)

    app.agent(channel, name=name)(agent)
    return channel
