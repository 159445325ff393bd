"""How a person corrects what a vendor's paper was matched to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import papers, reading, rules, settling, taking_back
from app.accounts.choosing import Choice, Share
from app.accounts.models import DocumentMatch
from app.accounts.papers import Paper
from app.accounts.rules import By, MatchReplaced, OtherAccount
from app.accounts.rules import State as MatchState
from app.accounts.schemas import InsteadIn, MatchCorrectionIn
from app.accounts.settling import Decision
from app.kit.records import UnknownReference
from app.obligations import service as ledger
from app.obligations import views
from app.obligations.rules import Kind
from app.orders.rules import DocumentKind


async def correct(
    session: AsyncSession, *, match_id: UUID, document: MatchCorrectionIn
) -> DocumentMatch:
    """Take back what a paper was matched to, and settle with it what a person names instead.

    The match is never changed: another takes its place, and of two who correct it at once
    exactly one does. Raises NotFound, MatchReplaced, OtherAccount, MoreThanThePaper,
    UnknownReference, Malformed, IllegalStep (of a debt), PaidBackAlready, CurrencyMismatch.
    """
    row = await reading.get(session, match_id)
    rules.require_once([each.obligation_id for each in document.instead])
    await papers.lock_accounts(session, {row.vendor_key})
    row = await _standing(session, match_id)
    paper = _paper(row)
    await _require_debts(session, paper, document.instead)
    before = await settling.parts(session, [row.id])
    done = [part.performance_id for part in before if part.performance_id and not part.ended_at]
    concerned = {each.obligation_id for each in document.instead}
    concerned |= {part.obligation_id for part in before}
    if concerned:
        await ledger.hold(session, obligation_ids=concerned, performance_ids=done)
    decision = Decision(document.by_name, document.reason)
    await taking_back.take_back(session, [row], decision)
    choice = await _choice(session, row, document.instead)
    columns = settling.kept_columns(row)
    return await settling.write(session, paper, columns, choice, decision=decision)


async def _standing(session: AsyncSession, match_id: UUID) -> DocumentMatch:
    row = await session.get(DocumentMatch, match_id, populate_existing=True)
    if row is None or row.ended_at is not None:
        after = (await reading.replaced_by(session, [match_id])).get(match_id)
        raise MatchReplaced(
            "This match stands no longer; read the one that does, then decide.",
            match_id=str(after) if after else None,
        )
    return row


def _paper(row: DocumentMatch) -> Paper:
    return Paper(
        document_id=row.document_id,
        key=row.document_key,
        vendor=row.vendor_key,
        kind=DocumentKind(row.kind),
        number=row.number,
        issued_on=row.issued_on,
        currency=row.currency,
    )


async def _require_debts(session: AsyncSession, paper: Paper, instead: Sequence[InsteadIn]) -> None:
    """Refuse debts that are unknown, or not what such a paper settles."""
    found = await _debts(session, instead)
    missing = [
        {"pointer": _pointer(place), "detail": f"there is no obligation {each.obligation_id}"}
        for place, each in enumerate(instead)
        if each.obligation_id not in found
    ]
    if missing:
        raise UnknownReference("It names debts that there are not.", errors=missing)
    other = [
        {"pointer": _pointer(place), "detail": f"obligation {debt.number} is {_of(debt)}"}
        for place, debt in enumerate(found[each.obligation_id] for each in instead)
        if not _fits(paper, debt)
    ]
    if other:
        raise OtherAccount(
            f"A {paper.kind.replace('_', ' ')} of {paper.vendor} in {paper.currency} cannot settle "
            "this.",
            errors=other,
        )


def _pointer(place: int) -> str:
    return f"/instead/{place}/obligation_id"


def _of(debt: Any) -> str:
    what = debt.currency or "of no stated amount"
    return f"{debt.kind}, {what}, owed by {debt.debtor} to {debt.creditor}"


def _fits(paper: Paper, debt: Any) -> bool:
    sides = paper.sides
    return (
        sides is not None
        and (debt.debtor, debt.creditor) == (sides.debtor, sides.creditor)
        and debt.kind == Kind.PAY_MONEY.value
        and debt.currency in {paper.currency, None}
    )


async def _debts(session: AsyncSession, instead: Sequence[InsteadIn]) -> dict[UUID, Any]:
    told = views.obligations().subquery()
    ids = [each.obligation_id for each in instead]
    rows = await session.execute(sa.select(told).where(told.c.obligation_id.in_(ids)))
    return {row.obligation_id: row for row in rows}


async def _choice(
    session: AsyncSession, row: DocumentMatch, instead: Sequence[InsteadIn]
) -> Choice:
    """Return what a person decided, with what is owed now that the old match is taken back."""
    if not instead:
        why = "A person decided that it settles nothing we know of."
        return Choice(MatchState.UNMATCHED, why, By.PERSON, rest=row.amount)
    debts = await _debts(session, instead)
    stated = sum((each.amount.amount for each in instead if each.amount), Decimal(0))
    rules.require_within(row.amount, stated)
    left, shares = row.amount - stated, list[Share]()
    for each in instead:
        debt = debts[each.obligation_id]
        owed = max(debt.owed - debt.performed, Decimal(0))
        given = each.amount.amount if each.amount else min(left, owed)
        if debt.currency is None:
            # How much was never stated: whatever is left is what it was.
            shares.append(Share(each.obligation_id, None))
            left = Decimal(0)
            continue
        left -= Decimal(0) if each.amount else given
        shares.append(Share(each.obligation_id, given))
    given_to = {share.obligation_id: share.amount for share in shares}
    is_short = any(
        amount is not None and amount < debts[identity].owed - debts[identity].performed
        for identity, amount in given_to.items()
    )
    return Choice(
        _state(left, is_short=is_short), "A person decided it.", By.PERSON, tuple(shares), left
    )


def _state(left: Decimal, *, is_short: bool) -> MatchState:
    if left:
        return MatchState.OVERPAID
    return MatchState.SHORT_PAID if is_short else MatchState.MATCHED
