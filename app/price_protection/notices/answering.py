"""A price is only said to have fallen: the vendor owes us an answer whether it is so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.problems import Malformed
from app.obligations import service as ledger
from app.obligations.rules import GroundKind, Kind, PartyKind
from app.obligations.rules import State as DebtState
from app.price_protection import rules
from app.price_protection.models import PriceNotice
from app.price_protection.notices.schemas import (
    DecisionIn,
    NoticeIn,
    ReportedIn,
    VendorWordIn,
)
from app.vendors import service as vendors
from app.vendors.rules import Role

_LONG, _SHORT = 4000, 200
_SELLS_AS = (Role.DISTRIBUTOR, Role.MANUFACTURER, Role.SERVICE)


def require_said(said: ReportedIn | VendorWordIn, moment: datetime, *, at: str) -> None:
    """Refuse words of the future. Raises Malformed."""
    if said.said_at > moment:
        detail = f"lies in the future: it is {moment.isoformat()} here"
        raise Malformed(
            "What was said cannot lie in the future.",
            errors=[{"pointer": f"{at}/said_at", "detail": detail}],
        )


async def ask(session: AsyncSession, notice: PriceNotice, document: NoticeIn) -> UUID:
    """Record that the vendor owes us an answer, by its terms' time to answer a question."""
    moment = now(session)
    records = await vendors.terms_by_role(session, vendor_id=notice.vendor_id, on=moment.date())
    told = next((records[role] for role in _SELLS_AS if role in records), None)
    window = told.terms.answer_to_question if told else None
    counting = await vendors.calendar_of(session, f"vendor:{document.vendor}")
    due_at = window.ends(moment, counting).first if window else None
    source = told.terms.source_of("answer_to_question") if told and window else None
    text = (
        f"Questions are answered within {window.text()}."
        if window
        else "Whoever sells to us tells us its prices when we ask."
    )
    words = document.reported.words if document.reported else ""
    name = document.reported.by_name if document.reported else ""
    obligation = await ledger.open_obligation(
        session,
        document=ledger.ObligationIn.model_validate(
            {
                "kind": Kind.ANSWER,
                "debtor": {"kind": PartyKind.VENDOR, "key": document.vendor},
                "description": (
                    f"{rules.spoken_number(notice.number)}: did the price fall on "
                    f"{notice.effective_on}? {name} said: {words}"
                )[:_LONG],
                "ground": {
                    "kind": GroundKind.TERM if window else GroundKind.POLICY,
                    "text": text,
                    "reference": source[:_SHORT] if source else None,
                },
                "due_at": due_at,
            }
        ),
    )
    return obligation.id


async def answered(session: AsyncSession, notice: PriceNotice, decision: DecisionIn) -> None:
    """Let the vendor's word keep its answer; without it, let the vendor off: nobody waits for it.

    That one of us knows by now is no answer of the vendor's.
    """
    if notice.answer_id is None:
        return
    owed = await ledger.get(session, notice.answer_id)
    if DebtState(owed.state) not in {DebtState.OPEN, DebtState.BROKEN}:
        return
    said = decision.vendor_said
    if said is None:
        by = decision.note or f"The price notice is {notice.state} without the vendor's answer."
        released = {"by": {"kind": PartyKind.US}, "by_name": decision.by_name, "words": by}
        document = ledger.ReleaseIn.model_validate(released)
        await ledger.release(session, obligation_id=owed.id, document=document)
        return
    told = ledger.PerformanceIn.model_validate(
        {
            "quantity": 1,
            "performed_at": said.said_at,
            "note": f"{said.by_name}, {said.channel}: {said.words}"[:_LONG],
        }
    )
    await ledger.perform(session, obligation_id=owed.id, document=told)
