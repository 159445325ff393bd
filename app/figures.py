"""Figures for Prometheus: this process's own, and how much work waits in the database."""

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app import events
from app.carriers import service as carriers
from app.erp import service as erp
from app.kit import jobs
from app.kit.logs import brief
from app.runtime import Runtime

router = APIRouter(tags=["health"])
log = structlog.stdlib.get_logger("makegood.figures")

PENDING = Gauge("makegood_inbox_pending", "Deliveries not worked off yet; counted to 10,000.")
PARKED = Gauge("makegood_inbox_parked", "Deliveries that wait for a person; to 10,000.")
OLDEST = Gauge("makegood_inbox_oldest_pending_seconds", "How long the oldest pending one waits.")
UNPLACED = Gauge("makegood_events_unplaced", "Events not in the feed yet; counted to 10,000.")
TO_TELL = Gauge("makegood_webhooks_pending", "Deliveries to the ERP in line; counted to 10,000.")
BESIDE = Gauge("makegood_webhooks_parked", "Deliveries to the ERP that failed often; to 10,000.")
HELD = Gauge("makegood_jobs_held", "Jobs that failed too often and wait for a person.")
DATABASE = Gauge("makegood_database_up", "1 if the database answered this scrape.")


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def show_metrics(request: Request) -> Response:
    """Give figures in Prometheus' text format. While the database is away, only our own."""
    try:
        await _count(request.app.state.runtime)
        DATABASE.set(1)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("could not count", error=brief(error))
        DATABASE.set(0)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _count(runtime: Runtime) -> None:
    async with runtime.transaction() as session:
        backlog = await carriers.backlog(session)
        unplaced = await events.count_unplaced(session)
        to_tell, beside = await erp.count_due(session)
        held = await jobs.count_held(session)
        moment = runtime.clock.now()
    PENDING.set(backlog.pending)
    PARKED.set(backlog.parked)
    waited = moment - backlog.oldest_pending_at if backlog.oldest_pending_at else None
    OLDEST.set(waited.total_seconds() if waited else 0)
    UNPLACED.set(unplaced)
    TO_TELL.set(to_tell)
    BESIDE.set(beside)
    HELD.set(held)
