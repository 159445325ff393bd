"""The list of rooms: their routers, loops, jobs and listeners; nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from app.accounts import jobs as account_jobs
from app.accounts import routes as accounts
from app.accounts import statement_routes
from app.carriers import delivery_routes, hooks
from app.carriers import jobs as carrier_jobs
from app.carriers import routes as carriers
from app.carriers.receiving import Receiver
from app.cases import evidence_routes as case_evidence
from app.cases import routes as cases
from app.claims import answer_routes as claim_answers
from app.claims import jobs as claim_jobs
from app.claims import packet_routes as claim_packets
from app.claims import return_routes as claim_returns
from app.claims import routes as claims
from app.coverage import routes as coverage
from app.discrepancies import evidence_routes as discrepancy_evidence
from app.discrepancies import jobs as discrepancy_jobs
from app.discrepancies import routes as discrepancies
from app.discrepancies.weights import verdict_routes
from app.erp import delivery_routes as told
from app.erp import jobs as erp_jobs
from app.erp import routes as endpoints
from app.events import Listener
from app.files import routes as files
from app.imports import jobs as import_jobs
from app.imports import routes as imports
from app.kit.jobs import Job, Loop, Periodic
from app.obligations import jobs as obligation_jobs
from app.obligations import routes as obligations
from app.obligations.clocks import routes as clock_routes
from app.obligations.exposure import routes as exposure_routes
from app.obligations.losses import routes as loss_routes
from app.obligations.performances import routes as performance_routes
from app.orders import document_routes as vendor_documents
from app.orders import routes as orders
from app.orders.units import routes as units
from app.parcels import forgetting
from app.parcels import jobs as parcel_jobs
from app.parcels import routes as parcels
from app.price_protection import jobs as price_jobs
from app.price_protection.claims import filing_routes as price_filings
from app.price_protection.claims import routes as price_claims
from app.price_protection.exposure import routes as price_exposure
from app.price_protection.notices import routes as price_notices
from app.price_protection.simulations import routes as price_simulations
from app.products import price_routes
from app.products import routes as products
from app.replacements import answer_routes as replacement_answers
from app.replacements import jobs as replacement_jobs
from app.replacements import packet_routes as replacement_packets
from app.replacements import return_routes as replacement_returns
from app.replacements import routes as replacements
from app.runtime import Runtime
from app.vendors import (
    calendar_routes,
    deadline_routes,
    ground_routes,
    tariff_routes,
    template_routes,
    term_routes,
)
from app.vendors import routes as vendors

# The framework tries routers in this order: the busiest comes first.
ROUTERS: Sequence[APIRouter] = (
    hooks.router,
    # Before the vendors: a key may hold anything, a statement too.
    statement_routes.router,
    vendors.router,
    term_routes.router,
    tariff_routes.router,
    template_routes.router,
    ground_routes.router,
    deadline_routes.router,
    calendar_routes.router,
    price_routes.router,
    price_routes.seen,
    products.router,
    orders.router,
    vendor_documents.router,
    units.router,
    units.moves,
    parcels.router,
    delivery_routes.router,
    delivery_routes.parked,
    carriers.router,
    cases.router,
    case_evidence.router,
    obligations.router,
    clock_routes.router,
    performance_routes.router,
    loss_routes.router,
    exposure_routes.router,
    accounts.router,
    coverage.router,
    discrepancies.router,
    discrepancy_evidence.router,
    verdict_routes.router,
    price_notices.router,
    price_claims.router,
    price_filings.router,
    price_exposure.router,
    price_simulations.router,
    claims.router,
    claim_answers.router,
    claim_returns.router,
    claim_packets.router,
    replacements.router,
    replacement_answers.router,
    replacement_returns.router,
    replacement_packets.router,
    files.router,
    imports.router,
    endpoints.router,
    told.router,
    told.resending,
    told.types,
)
# Called past the framework: see docs/adr/0011.
DOOR = hooks.DOOR
# A body as long as a file: what counts is that it goes on, see `kit.http.DeadlineProtocol`.
STREAMED = b"/v1/imports"
LISTENERS: Sequence[Listener] = (
    *parcel_jobs.LISTENERS,
    *obligation_jobs.LISTENERS,
    *account_jobs.LISTENERS,
    *discrepancy_jobs.LISTENERS,
    *price_jobs.LISTENERS,
    *claim_jobs.LISTENERS,
    *replacement_jobs.LISTENERS,
)
LOOPS: Sequence[Loop] = (
    *carrier_jobs.LOOPS,
    *obligation_jobs.LOOPS,
    *price_jobs.LOOPS,
    *import_jobs.LOOPS,
    *erp_jobs.LOOPS,
    *claim_jobs.LOOPS,
    *replacement_jobs.LOOPS,
)
JOBS: Sequence[Job] = (
    *parcel_jobs.JOBS,
    *account_jobs.JOBS,
    *discrepancy_jobs.JOBS,
    *price_jobs.JOBS,
    *claim_jobs.JOBS,
    *replacement_jobs.JOBS,
)
PERIODIC: Sequence[Periodic] = (
    *carrier_jobs.PERIODIC,
    *forgetting.PERIODIC,
    *import_jobs.PERIODIC,
    *erp_jobs.PERIODIC,
    *price_jobs.PERIODIC,
)


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """Open what a room's routes share within one HTTP process, by the name it goes under."""
    receiver = Receiver(runtime)
    try:
        yield {"receiver": receiver}
    finally:
        await receiver.close()
