"""What is done with discrepancies, and what rooms above ask of them: the API's own documents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies.denials.denial_schemas import DenialIn
from app.discrepancies.denials.denying import deny, judge_anew
from app.discrepancies.denials.denying import page as page_denials
from app.discrepancies.denials.denying import show as show_denials
from app.discrepancies.endings.ending import settle_elsewhere
from app.discrepancies.endings.settling import settle
from app.discrepancies.endings.settling_schemas import SettleIn
from app.discrepancies.evidence.facts import stand
from app.discrepancies.finds import DiscrepancyFilter, select_discrepancies
from app.discrepancies.keeping import get, take
from app.discrepancies.models import Discrepancy, StoredVerdict
from app.discrepancies.opening import open_discrepancy, refresh
from app.discrepancies.schemas import DiscrepancyIn
from app.discrepancies.showing import show, show_whole
from app.discrepancies.weights import weighing
from app.discrepancies.weights.weighing import page as page_verdicts
from app.discrepancies.weights.weighing import show as show_verdict
from app.settings import Verdicts

__all__ = [
    "DenialIn",
    "DiscrepancyFilter",
    "DiscrepancyIn",
    "SettleIn",
    "deny",
    "get",
    "judge_anew",
    "open_discrepancy",
    "page",
    "page_denials",
    "page_verdicts",
    "refresh",
    "settle",
    "settle_elsewhere",
    "show",
    "show_denials",
    "show_verdict",
    "show_whole",
    "weigh",
]


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: DiscrepancyFilter
) -> Sequence[Discrepancy]:
    """Return discrepancies in the order they were opened, after an id."""
    return (await session.scalars(select_discrepancies(wanted, after=after).limit(limit))).all()


async def weigh(
    session: AsyncSession, *, discrepancy_id: UUID, prior: float | None, settings: Verdicts
) -> StoredVerdict:
    """Weigh a discrepancy from all that is known now. Raises NotFound, NothingToWeigh."""
    discrepancy = await take(session, discrepancy_id)
    return await weighing.weigh(session, await stand(session, discrepancy), settings, prior=prior)
