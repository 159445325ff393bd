"""The list of rooms: their routers, loops, jobs and listeners; nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from app.carriers import delivery_routes, hooks
from app.carriers import jobs as carrier_jobs
from app.carriers import routes as carriers
from app.carriers.receiving import Receiver
from app.cases import evidence_routes as case_evidence
from app.cases import routes as cases
from app.discrepancies import evidence_routes as discrepancy_evidence
from app.discrepancies import jobs as discrepancy_jobs
from app.discrepancies import routes as discrepancies
from app.discrepancies import verdict_routes
from app.events import Listener
from app.files import routes as files
from app.kit.jobs import Job, Loop, Periodic
from app.obligations import jobs as obligation_jobs
from app.obligations import loss_routes, performance_routes
from app.obligations import routes as obligations
from app.orders import routes as orders
from app.parcels import forgetting
from app.parcels import jobs as parcel_jobs
from app.parcels import routes as parcels
from app.products import routes as products
from app.runtime import Runtime
from app.vendors import ground_routes, tariff_routes, template_routes, term_routes
from app.vendors import routes as vendors

# The framework tries routers in this order: the busiest comes first.
ROUTERS: Sequence[APIRouter] = (
    hooks.router,
    vendors.router,
    term_routes.router,
    tariff_routes.router,
    template_routes.router,
    ground_routes.router,
    products.router,
    orders.router,
    parcels.router,
    delivery_routes.router,
    delivery_routes.parked,
    carriers.router,
    cases.router,
    case_evidence.router,
    obligations.router,
    performance_routes.router,
    loss_routes.router,
    discrepancies.router,
    discrepancy_evidence.router,
    verdict_routes.router,
    files.router,
)
# Called past the framework: see docs/adr/0011.
DOOR = hooks.DOOR
LISTENERS: Sequence[Listener] = (*parcel_jobs.LISTENERS, *discrepancy_jobs.LISTENERS)
LOOPS: Sequence[Loop] = carrier_jobs.LOOPS
JOBS: Sequence[Job] = (*parcel_jobs.JOBS, *discrepancy_jobs.JOBS)
PERIODIC: Sequence[Periodic] = (
    *carrier_jobs.PERIODIC,
    *forgetting.PERIODIC,
    *obligation_jobs.PERIODIC,
)


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """Open what a room's routes share within one HTTP process, by the name it goes under."""
    receiver = Receiver(runtime)
    try:
        yield {"receiver": receiver}
    finally:
        await receiver.close()
