"""Simulated cuts over HTTP."""

from fastapi import APIRouter

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.kit.records import UnknownReference
from app.price_protection.simulations.schemas import SimulatedOut, SimulationIn
from app.price_protection.simulations.simulating import simulate

router = APIRouter(
    prefix="/v1/price-protection/simulations",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)


@router.post(
    "",
    summary="Simulate a cut",
    response_model=SimulatedOut,
    responses=problems(UnknownReference),
    dependencies=[needs(Scope.PRICE_PROTECTION_READ)],
)
async def simulate_cut(db: Db, body: SimulationIn) -> object:
    """Reckon what an announced or supposed cut would earn by what is known now.

    Units that notices on record protect already count from the lower price. Nothing is stored.
    """
    return await simulate(db, body)
