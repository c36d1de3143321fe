"""What an orchestrator asks a worker: does it live, is it ready, how does it fare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp.web import Response

from streams.metrics import Metrics
from streams.stages.app import StageApp
from streams.stages.runner import RunnerState


def add_probes(app: StageApp, metrics: Metrics, stages: Mapping[str, RunnerState]) -> None:
    """Serve /livez (the event loop turns), /readyz (every stage has an assignment and waits for no other server; else
    503, with the stages and what they wait for) and /metrics (Prometheus text).
    """

    async def livez(web: Any, request: Any) -> Any:
        del request
        return web.json({"status": "ok"})

    async def readyz(web: Any, request: Any) -> Any:
        del request
        waiting = [name for name, runner in stages.items() if not runner.assigned]
        away = {name: runner.away for name, runner in stages.items() if runner.away is not None}
        ready = not (waiting or away)
        body = {"status": "ready" if ready else "waiting", "waiting": waiting, "away": away}
        return web.json(body, status=200 if ready else 503)

    async def exposition(web: Any, request: Any) -> Any:
        del web, request
        return Response(body=metrics.exposition(), content_type="text/plain", charset="utf-8")

    for path, view in (("/livez", livez), ("/readyz", readyz), ("/metrics", exposition)):
        app.page(path)(view)
