"""Verdicts over HTTP, for whoever asks."""

import asyncio

from fastapi import APIRouter

from app.auth import Scope, needs
from app.deps import RuntimeDep, TransactionalRoute, problems
from app.discrepancies.weights import judging_weights
from app.discrepancies.weights.question_rules import PapersContradict
from app.discrepancies.weights.question_schemas import VerdictIn
from app.discrepancies.weights.verdict_schemas import VerdictAnswerOut, VerdictOut

router = APIRouter(tags=["discrepancies"], route_class=TransactionalRoute)


@router.post(
    "/v1/verdicts",
    summary="Judge what weights say",
    responses=problems(PapersContradict),
    dependencies=[needs(Scope.DISCREPANCIES_READ)],
)
async def compute_verdict(runtime: RuntimeDep, body: VerdictIn) -> VerdictAnswerOut:
    """Say what the weights of a shipment's packages support. Nothing is stored."""
    settings = runtime.settings.verdicts
    # In a thread: it is arithmetic, and other requests need not wait for it.
    verdict = await asyncio.to_thread(judging_weights.weigh, body.question(), settings)
    told = VerdictOut.model_validate(verdict)
    return VerdictAnswerOut.model_construct(**dict(told), question=body)
