"""Claims are filed: one, or several small ones to one supplier in one go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.problems import Malformed
from app.kit.records import UnknownReference
from app.obligations import service as ledger
from app.obligations.rules import GroundKind, Kind, PartyKind
from app.price_protection import rules as notice_rules
from app.price_protection.claims import keeping, rules
from app.price_protection.claims.crediting import credit_due_at
from app.price_protection.claims.events import ClaimSubmitted
from app.price_protection.claims.granted import granted
from app.price_protection.claims.models import PriceClaim, PriceClaimLine, PriceFiling
from app.price_protection.claims.rules import CLAIMS, ClaimState
from app.price_protection.claims.schemas import PriceFilingIn
from app.price_protection.claims.serials import count_missing
from app.price_protection.claims.unclaimed import COPIED, select_unclaimed
from app.price_protection.models import PriceNotice
from app.price_protection.rules import State


async def file(session: AsyncSession, document: PriceFilingIn) -> PriceFiling:
    """File claims: what they hold is copied, and the supplier owes it from then on.

    Of two who file the same claim at once exactly one does. Raises UnknownReference, IllegalStep,
    OneSupplierOneFiling, NoticeNotConfirmed, ExposureNotComputed, NothingToClaim, FiledTooLate,
    SerialsMissing, Malformed.
    """
    moment = now(session)
    filed_at = document.filed_at or moment
    if filed_at > moment:
        detail = "must not lie in the future"
        errors = [{"pointer": "/filed_at", "detail": detail}]
        raise Malformed("It cannot have been filed yet.", errors=errors)
    claims = await _take(session, document.claim_ids)
    notices = await _notices(session, claims)
    _check(claims, notices, document, filed_at, moment)
    await _copy(session, claims)
    await _sum_up(session, claims)
    await _require_serials(session, claims, document)
    filing = PriceFiling(
        id=new_id(),
        supplier_id=claims[0].supplier_id,
        currency=claims[0].currency,
        amount=sum((keeping.amount_of(claim) for claim in claims), Decimal(0)),
        filed_at=filed_at,
        filed_by=document.by_name,
        note=document.note,
        recorded_at=moment,
        recorded_by=context_of(session).caller,
    )
    session.add(filing)
    await session.flush()
    supplier = (await keeping.supplier_keys(session, claims))[filing.supplier_id]
    owed = [
        (claim, await _submit(session, claim, notices[claim.notice_id], filing, supplier))
        for claim in claims
    ]
    await keeping.changed(session, *claims)
    number = rules.filing_number(filing.number)
    await publish(
        session,
        *(
            ClaimSubmitted(
                **keeping.named(claim, supplier),
                filing_id=filing.id,
                filing=number,
                obligation_id=obligation_id,
                by_name=document.by_name,
            )
            for claim, obligation_id in owed
        ),
    )
    return filing


async def _take(session: AsyncSession, claim_ids: Sequence[UUID]) -> list[PriceClaim]:
    claims = await keeping.take_all(session, claim_ids)
    known = {claim.id for claim in claims}
    missing = [
        {"pointer": f"/claim_ids/{index}", "detail": f"there is no claim {each}"}
        for index, each in enumerate(claim_ids)
        if each not in known
    ]
    if missing:
        raise UnknownReference("The filing names claims that do not exist.", errors=missing)
    return claims


async def _notices(session: AsyncSession, claims: Sequence[PriceClaim]) -> dict[UUID, PriceNotice]:
    ids = {claim.notice_id for claim in claims}
    rows = await session.scalars(
        sa.select(PriceNotice)
        .where(PriceNotice.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return {notice.id: notice for notice in rows}


def _check(
    claims: Sequence[PriceClaim],
    notices: dict[UUID, PriceNotice],
    document: PriceFilingIn,
    filed_at: datetime,
    moment: datetime,
) -> None:
    first = claims[0]
    others = [
        {"pointer": f"/claim_ids/{n}", "detail": "is of another supplier or another currency"}
        for n, claim in enumerate(claims)
        if (claim.supplier_id, claim.currency) != (first.supplier_id, first.currency)
    ]
    if others:
        raise rules.OneSupplierOneFiling("File these apart.", errors=others)
    for index, claim in enumerate(claims):
        at = [{"pointer": f"/claim_ids/{index}", "detail": rules.spoken_number(claim.number)}]
        CLAIMS.require(claim, ClaimState.SUBMITTED, errors=at)
        notice = notices[claim.notice_id]
        name = notice_rules.spoken_number(notice.number)
        _require_heard_of(notice, name, filed_at)
        if notice.state != State.CONFIRMED.value:
            msg = f"{name} is {notice.state}: confirm it before anything is asked of the supplier."
            raise rules.NoticeNotConfirmed(msg, notice_id=str(notice.id), errors=at)
        _require_computed(notice, name, moment, at)
        if granted(notice, claim).is_late(filed_at) and not document.although_late:
            msg = f"The last day to file was {claim.file_by_on}."
            raise rules.FiledTooLate(msg, file_by_on=str(claim.file_by_on), errors=at)


def _require_heard_of(notice: PriceNotice, name: str, filed_at: datetime) -> None:
    """Refuse to have filed before anybody could: in some zone it was the day before in UTC."""
    since = min(notice.announced_on or notice.effective_on, notice.effective_on)
    if filed_at.date() < since - timedelta(days=1):
        detail = f"lies before {since}, the first day that {name} names"
        errors = [{"pointer": "/filed_at", "detail": detail}]
        raise Malformed("It cannot have been filed then.", errors=errors)


def _require_computed(
    notice: PriceNotice, name: str, moment: datetime, at: list[dict[str, str]]
) -> None:
    """Refuse what may come to something else in a moment, or once its day has begun."""
    due = notice.compute_due_at
    if notice.trouble is not None and due is None:
        msg = f"What {name} reaches could not be computed: have it computed again."
        raise rules.ExposureNotComputed(msg, errors=at)
    if notice.computed_version == notice.version and due is None:
        return
    if due is not None and due > moment:
        msg = f"The new price of {name} begins on {notice.effective_on}: until then units move."
        raise rules.ExposureNotComputed(msg, errors=at)
    msg = f"What {name} reaches is being computed."
    raise rules.ExposureNotComputed(msg, headers={"Retry-After": "2"}, errors=at)


async def _copy(session: AsyncSession, claims: Sequence[PriceClaim]) -> None:
    """Copy what is filed: the exposure goes on changing with what is known."""
    claim = PriceClaim
    line = select_unclaimed({each.notice_id for each in claims}).subquery("unclaimed")
    same = sa.and_(line.c.notice_id == claim.notice_id, line.c.supplier_id == claim.supplier_id)
    found = (
        sa.select(claim.id, *(line.c[name] for name in COPIED))
        .join(line, same)
        .where(claim.id.in_([each.id for each in claims]))
    )
    await session.execute(insert(PriceClaimLine).from_select(["claim_id", *COPIED], found))


async def _sum_up(session: AsyncSession, claims: Sequence[PriceClaim]) -> None:
    line = PriceClaimLine
    rows = await session.execute(
        sa.select(line.claim_id, sa.func.sum(line.amount), sa.func.sum(line.quantity))
        .where(line.claim_id.in_([claim.id for claim in claims]))
        .group_by(line.claim_id)
    )
    sums = {claim_id: (amount, int(units)) for claim_id, amount, units in rows}
    for index, claim in enumerate(claims):
        if claim.id not in sums:
            at = [{"pointer": f"/claim_ids/{index}", "detail": rules.spoken_number(claim.number)}]
            raise rules.NothingToClaim("No unit of it earns anything now.", errors=at)
        claim.amount, claim.units = sums[claim.id]


async def _require_serials(
    session: AsyncSession, claims: Sequence[PriceClaim], document: PriceFilingIn
) -> None:
    asked = [claim.id for claim in claims if claim.needs_serials]
    if document.although_serials_missing or not asked:
        return
    missing = await count_missing(session, asked, now(session).date())
    if missing:
        msg = (
            f"The terms ask for serial numbers, and those of {missing} units are not known: tell "
            "them with the shipments, or file although they are missing."
        )
        raise rules.SerialsMissing(msg, units=missing)


async def _submit(
    session: AsyncSession,
    claim: PriceClaim,
    notice: PriceNotice,
    filing: PriceFiling,
    supplier: str,
) -> UUID:
    CLAIMS.step(claim, ClaimState.SUBMITTED)
    claim.filing_id = filing.id
    number = rules.spoken_number(claim.number)
    source = granted(notice, claim).source
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Kind.PAY_MONEY,
            "due_at": await credit_due_at(session, claim, notice, filing.filed_at),
            "debtor": {"kind": PartyKind.VENDOR, "key": supplier},
            "description": f"Price protection claim {number}: {claim.units} units whose price fell "
            f"on {notice.effective_on} ({notice_rules.spoken_number(notice.number)}).",
            "amount": {
                "amount": keeping.plain(keeping.amount_of(claim)),
                "currency": claim.currency,
            },
            "ground": {
                "kind": GroundKind.TERM,
                "text": "Price protection by the supplier's terms.",
                "reference": source[:200] if source else None,
            },
            # By it the supplier's credit memo finds the claim.
            "about": {"rma": rules.filing_number(filing.number)},
        }
    )
    opened = await ledger.open_obligation(session, document=document)
    claim.obligation_id = opened.id
    await _use_right(session, claim, filing.filed_at)
    return opened.id


async def _use_right(session: AsyncSession, claim: PriceClaim, filed_at: datetime) -> None:
    if claim.deadline_id is None:
        return
    deadline = await ledger.get_deadline(session, claim.deadline_id)
    if deadline.state in {"open", "lapsed"} and filed_at <= deadline.last_at:
        used = ledger.UseIn(used_at=filed_at, note=f"Filed as {rules.spoken_number(claim.number)}.")
        await ledger.use(session, deadline_id=deadline.id, document=used)
