"""What the vendor found: kept as it says, with the fee it takes, which we may contest."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import answering, hearing, keeping
from app.claims.denial_models import ClaimFinding
from app.claims.denying.facts import facts_of
from app.claims.events import ClaimFeeDisputed, ClaimFeeResolved
from app.claims.models import Claim, ClaimLine
from app.claims.returning.schemas import DisputeIn, FoundLineIn, InspectedIn, ResolveIn
from app.claims.rules import spoken_number
from app.claims.rules.findings import FeeResolution, FoundOutcome, fee_by_terms
from app.claims.rules.folding import Fact
from app.claims.rules.refusals import ContradictsClaim, NoFee
from app.claims.standing import Standing, stand
from app.events import publish
from app.files import service as files
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.kit.problems import NotFound
from app.obligations import service as ledger
from app.obligations.rules import LIVE, GroundKind, PartyKind, State
from app.obligations.rules import Kind as Owed
from app.vendors import service as vendors
from app.vendors.grounds import Ground


async def inspect(session: AsyncSession, *, claim_id: UUID, document: InspectedIn) -> Claim:
    """Write down what the vendor found; a fee that it takes is our debt, which we may contest.

    Units may be told of one by one, each once. The very same again changes nothing. Raises
    NotFound, IllegalStep, ContradictsClaim, UnknownFile, ImpossibleMoment, TooMuchHeard.
    """
    standing = await answering.take(session, claim_id, document)
    _require_lines(standing, document.lines)
    reports = {each.report_file_id for each in document.lines if each.report_file_id is not None}
    await files.require(session, reports, pointer="/lines")
    told: dict[str, Any] = {
        "lines": [each.model_dump(mode="json", exclude_none=True) for each in document.lines],
        "report": bool(reports),
    }
    saying = answering.said(document, Fact.INSPECTED, told)
    fact, is_new = await hearing.hear(session, standing, saying)
    answering.note_reference(standing.claim, document)
    if not is_new:
        return standing.claim
    await _require_first(session, standing, document.lines)
    # The ledger writes its own event for each fee: they are told one by one.
    for each in document.lines:
        line = standing.line(each.line)
        row = ClaimFinding(
            id=new_id(),
            claim_id=standing.claim.id,
            fact_id=fact.id,
            line_id=line.id,
            outcome=each.outcome.value,
            serial_found=each.serial_found,
            report_file_id=each.report_file_id,
            note=each.note,
        )
        await _charge(session, standing, row, line, each)
        session.add(row)
    await session.flush()
    await hearing.settle_states(session, standing.claim)
    return standing.claim


def _require_lines(standing: Standing, lines: Sequence[FoundLineIn]) -> None:
    most = len(standing.lines)
    errors = [
        {"pointer": f"/lines/{index}/line", "detail": f"they count from 1 to {most}"}
        for index, each in enumerate(lines)
        if each.line > most
    ]
    errors += [
        {"pointer": f"/lines/{index}/fee", "detail": "a fault was found: nothing is charged"}
        for index, each in enumerate(lines)
        if each.outcome is FoundOutcome.ACCEPTED and each.fee is not None
    ]
    if errors:
        raise ContradictsClaim("The vendor cannot have found that.", errors=errors)


async def _require_first(
    session: AsyncSession, standing: Standing, lines: Sequence[FoundLineIn]
) -> None:
    """Refuse to find on one unit twice: what is charged for it would be charged twice."""
    known = {row.line_id: row for row in await findings_of(session, standing.claim.id)}
    told = [(index, standing.line(each.line)) for index, each in enumerate(lines)]
    errors = [
        {
            "pointer": f"/lines/{index}/line",
            "detail": f"the vendor has found {known[line.id].outcome} on it already; contest that",
        }
        for index, line in told
        if line.quantity == 1 and line.id in known
    ]
    if errors:
        raise ContradictsClaim("One unit is found on once.", errors=errors)


def terms_fee(
    standing: Standing, line: ClaimLine, outcome: FoundOutcome
) -> tuple[tuple[Decimal, str] | None, str]:
    """Return the fee that the terms take for an outcome, and why."""
    price = line.unit_value_amount
    priced = (price, line.unit_value_currency) if price and line.unit_value_currency else None
    return fee_by_terms(outcome, standing.terms, priced)


async def _charge(
    session: AsyncSession,
    standing: Standing,
    row: ClaimFinding,
    line: ClaimLine,
    told: FoundLineIn,
) -> None:
    by_terms, why = terms_fee(standing, line, told.outcome)
    asked = (told.fee.amount, told.fee.currency) if told.fee else by_terms
    row.fee_why = why
    if asked is None:
        return
    row.fee = {"amount": format(asked[0], "f"), "currency": asked[1]}
    if told.fee is not None and asked != by_terms:
        says = f"{by_terms[0]} {by_terms[1]}" if by_terms else "nothing"
        row.fee_why = f"The vendor asks for it; by its terms it would be {says}. {why}"
    what = told.outcome.value.replace("_", " ")
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Owed.PAY_MONEY,
            "debtor": {"kind": PartyKind.US},
            "creditor": standing.party,
            "amount": row.fee,
            "description": f"Fee for {what}: claim {spoken_number(standing.claim.number)}, "
            f"{line.serial or line.product_key}.",
            "ground": {"kind": GroundKind.TERM, "text": row.fee_why},
            "about": standing.about(line),
        }
    )
    row.fee_id = (await ledger.open_obligation(session, document=document)).id


async def dispute(
    session: AsyncSession, *, claim_id: UUID, finding_id: UUID, document: DisputeIn
) -> Claim:
    """Contest what is charged for a finding; it is judged as a ground to refuse would be.

    Raises NotFound, NoFee, ImpossibleMoment.
    """
    claim = await keeping.take(session, claim_id)
    row = await _finding(session, claim_id, finding_id)
    require_possible({"/at": document.at}, now=now(session))
    if row.fee_id is None or row.resolved_at is not None or row.disputed_at is not None:
        raise NoFee("There is no fee here that is still to be contested.")
    standing = await stand(session, claim)
    row.disputed_at = document.at or now(session)
    row.disputed_by, row.disputed_words = document.by_name, document.words
    if row.outcome == FoundOutcome.NO_TROUBLE_FOUND.value:
        found = await vendors.judge_denial(
            session,
            door=standing.door,
            ground=Ground.NO_TROUBLE_FOUND.value,
            claim_kind=standing.kind,
            facts=await facts_of(session, standing),
        )
        row.judgement = found.judgement.model_dump(mode="json")
    await keeping.changed(session, claim)
    event = ClaimFeeDisputed(**keeping.named(claim), finding_id=row.id, words=document.words)
    await publish(session, event)
    return claim


async def resolve(
    session: AsyncSession, *, claim_id: UUID, finding_id: UUID, document: ResolveIn
) -> Claim:
    """Say how a dispute ended: a fee that is waived is released by the vendor.

    Raises NotFound, NoFee, ImpossibleMoment.
    """
    claim = await keeping.take(session, claim_id)
    row = await _finding(session, claim_id, finding_id)
    if row.fee_id is None or row.disputed_at is None or row.resolved_at is not None:
        raise NoFee("Nothing is being disputed here.")
    at = document.at or now(session)
    require_possible(
        {"/at": document.at}, now=now(session), since=row.disputed_at, since_what="it was disputed"
    )
    row.resolved_at, row.resolution = at, document.resolution.value
    row.resolution_note = document.note
    debt = await ledger.get(session, row.fee_id)
    if document.resolution is FeeResolution.WAIVED and State(debt.state) in LIVE:
        vendor = (await vendors.keys_of(session, {claim.vendor_id}))[claim.vendor_id]
        release = ledger.ReleaseIn.model_validate(
            {
                "by": {"kind": PartyKind.VENDOR, "key": vendor},
                "released_at": at,
                "words": document.note or "The vendor waives the fee.",
            }
        )
        await ledger.release(session, obligation_id=row.fee_id, document=release)
    await keeping.changed(session, claim)
    event = ClaimFeeResolved(
        **keeping.named(claim), finding_id=row.id, resolution=document.resolution.value
    )
    await publish(session, event)
    return claim


async def _finding(session: AsyncSession, claim_id: UUID, finding_id: UUID) -> ClaimFinding:
    row = await session.get(ClaimFinding, finding_id)
    if row is None or row.claim_id != claim_id:
        raise NotFound(f"There is no finding {finding_id} of this claim.")
    return row


async def findings_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimFinding]:
    """Return what the vendor found, in the order it was recorded."""
    query = sa.select(ClaimFinding).where(ClaimFinding.claim_id == claim_id)
    return (await session.scalars(query.order_by(ClaimFinding.id))).all()
