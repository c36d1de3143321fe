"""Faust, with its own Kafka switched off: it runs agents over channels, supervises services and answers probes."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import faust
from faust.app.base import BootStrategy
from faust.channels import Channel
from mode.utils.queues import ThrowableQueue

from streams.kafka.items import Item
from streams.kafka.stopping import StoppingState
from streams.stages.runner import RunnerState


class WithoutKafka(BootStrategy):
    """Start agents and web, and none of Faust's Kafka: librdkafka moves the bytes."""

    enable_kafka = False


class StageApp(faust.App):
    """A Faust app that never speaks to a broker."""

    BootStrategy = WithoutKafka

    def _create_directories(self) -> None:
        """Faust would make folders for tables; there are none."""


class ItemChannel(Channel[Item]):
    """A channel that keeps what is in it when flow resumes; Faust's own drops it."""

    @property
    def queue(self) -> ThrowableQueue[Any]:
        """The queue of this subscriber."""
        if self._queue is None:
            self._queue = self.app.FlowControlQueue(maxsize=0, clear_on_resume=False)
        return self._queue


class StageWorker(faust.Worker):
    """Runs an app until SIGTERM or SIGINT or a crash, from which on the budget for stopping runs.

    Faust's worker would take over logging and write the codes of a spinner to standard output.
    """

    def __init__(self, app: StageApp, stopping: StoppingState) -> None:
        super().__init__(app, redirect_stdouts=False, quiet=True, override_logging=False)
        self.spinner = None
        self._stopping = stopping

    async def stop(self) -> None:
        """Stop everything, within the budget."""
        self._stopping.begin(then_exit=True)
        await super().stop()


class PortTakenError(ValueError):
    """A port that cannot be listened on; the text names the setting."""


def open_port(host: str, port: int, *, asked: bool) -> int:
    """A port that can be listened on: this one, or a free one where it is 0, or taken and nobody asked for it.

    Raises PortTakenError.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if asked or port == 0:
                raise PortTakenError(
                    f"web.port {port} of {host} cannot be listened on: {error.strerror}: set another"
                    " (--port, STREAMS_WEB_PORT); 0 takes a free one"
                ) from error
            probe.bind((host, 0))
        return int(probe.getsockname()[1])


def create_app(app_id: str, host: str, port: int) -> StageApp:
    """An app without discovery, tables and routing."""
    app = StageApp(
        app_id,
        broker="kafka://off",
        autodiscover=False,
        web_host=host,
        web_bind=host,
        web_port=port,
        web_router_enabled=False,
        web_tables_enabled=False,
        topic_disable_leader=True,
    )
    app.finalize()
    app.flow_control.resume()
    return app


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
