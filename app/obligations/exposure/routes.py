"""What is owed to us, over HTTP."""

from fastapi import APIRouter

from app.deps import Db, TransactionalRoute
from app.obligations.exposure import showing as exposure
from app.obligations.exposure.schemas import ExposureOut
from app.obligations.routes import READS, PartyText, party_text

router = APIRouter(prefix="/v1/exposure", tags=["obligations"], route_class=TransactionalRoute)


@router.get(
    "",
    summary="What is owed to us, by debtor, currency and age",
    response_model=ExposureOut,
    dependencies=READS,
)
async def read_exposure(db: Db, debtor: PartyText | None = None) -> object:
    """Add up money that is owed to us, and goods at our cost; a loss counts once.

    Several claims may pursue one loss: it is counted at the largest, up to what is left of it.
    Deadlines are no debts: they are not in it.
    """
    return await exposure.read(db, debtor=party_text(debtor))
