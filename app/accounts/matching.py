"""How a vendor's paper is matched: by the machine, anew where the paper or the ledger changed."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import candidates, papers, settling, taking_back
from app.accounts.choosing import Candidate, Choice, choose
from app.accounts.models import IS_CURRENT, IS_SOUGHT, DocumentMatch, MatchPart
from app.accounts.papers import Paper, Sought
from app.accounts.rules import State
from app.accounts.settling import Decision
from app.obligations import service as ledger

_MACHINE = "Makegood"
_MOST_SOUGHT = 500


async def match(session: AsyncSession, document_id: UUID, *, in_bulk: bool = False) -> None:
    """Match a paper as it was last told. What it said before and says no more is taken back.

    What it says still stands as it was matched, whoever did that: the same paper again changes
    nothing. Of what came `in_bulk` and settles nothing no event tells: it is listed.
    """
    before = await papers.read(session, document_id)
    if before is None:
        return
    vendors = {before[0].vendor, *await _vendors(session, document_id)}
    await papers.lock_accounts(session, vendors)
    told = await papers.read(session, document_id)
    if told is None:
        return
    paper, sought = told
    current = await _current(session, document_id)
    said = {each.fingerprint() for each in sought}
    gone = [row for row in current if row.fingerprint not in said]
    known = {row.fingerprint for row in current}
    fresh = [each for each in sought if each.fingerprint() not in known]
    decision = Decision(_MACHINE, f"The document {paper.key} says so no longer.")
    left = await taking_back.take_back_what_can_be(session, gone, decision)
    ended = [row for row in gone if row not in left]
    await _seek(session, paper, fresh, ended=ended, stuck=left, in_bulk=in_bulk)


async def _vendors(session: AsyncSession, document_id: UUID) -> Sequence[str]:
    """Return whose the paper was when it was matched: it may have been booked on another."""
    query = sa.select(DocumentMatch.vendor_key).where(DocumentMatch.document_id == document_id)
    return (await session.scalars(query)).all()


async def _current(session: AsyncSession, document_id: UUID) -> Sequence[DocumentMatch]:
    rows = await session.scalars(
        sa.select(DocumentMatch)
        .where(DocumentMatch.document_id == document_id, IS_CURRENT)
        .order_by(DocumentMatch.id)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _seek(
    session: AsyncSession,
    paper: Paper,
    sought: Sequence[Sought],
    *,
    ended: Sequence[DocumentMatch],
    stuck: Sequence[DocumentMatch],
    in_bulk: bool,
) -> None:
    """Find what new lines settle, and write it down; `ended`: the matches that they may replace."""
    found = await candidates.find(session, paper, sought)
    await _lock(session, found)
    twins = await _twins(session, paper)
    free = list(ended)
    for each in sought:
        same = next((row for row in free if set(row.lines) & set(each.entry.lines)), None)
        if same is not None:
            free.remove(same)
        # As they stand now: what one entry settled the next finds settled.
        options = await candidates.again(session, found[each.fingerprint()])
        choice = _choose(each, options, twins, stuck)
        columns = each.columns(options, replaces_id=same.id if same else None)
        await settling.write(session, paper, columns, choice, in_bulk=in_bulk)


async def _lock(session: AsyncSession, found: dict[bytes, list[Candidate]]) -> None:
    ids = {each.obligation_id for some in found.values() for each in some}
    if ids:
        await ledger.hold(session, obligation_ids=ids)


def _choose(
    sought: Sought,
    options: Sequence[Candidate],
    twins: Sequence[DocumentMatch],
    stuck: Sequence[DocumentMatch],
) -> Choice:
    entry = sought.entry
    if any(set(row.lines) & set(entry.lines) for row in stuck):
        why = "What these lines settled before could not be taken back: a person decides."
        return Choice(State.UNMATCHED, why, rest=entry.amount)
    told = entry.amount, entry.references.keys()
    twin = next((row for row in twins if (row.amount, row.keys) == told), None)
    if twin is not None:
        why = f"The same paper is booked as {twin.document_key} too, and counts there."
        return Choice(State.UNMATCHED, f"{why} A person decides.", rest=entry.amount)
    return choose(entry.amount, options)


async def _twins(session: AsyncSession, paper: Paper) -> Sequence[DocumentMatch]:
    """Return what the same paper has settled already under another key."""
    rows = await session.scalars(
        sa.select(DocumentMatch)
        .where(
            IS_CURRENT,
            DocumentMatch.vendor_key == paper.vendor,
            DocumentMatch.number == paper.number,
            DocumentMatch.document_id != paper.document_id,
            DocumentMatch.kind == paper.kind.value,
            DocumentMatch.issued_on == paper.issued_on,
            DocumentMatch.currency == paper.currency,
            DocumentMatch.state != State.UNMATCHED.value,
        )
        .order_by(DocumentMatch.id)
    )
    return rows.all()


async def waiting(
    session: AsyncSession, obligation_ids: Collection[UUID], vendors: Collection[str]
) -> Sequence[UUID]:
    """Return the matches without a debt that may be for these, which are owed now.

    Their accounts are locked first: a paper that is being matched is waited for.
    """
    await papers.lock_accounts(session, vendors)
    keys = await candidates.keys_of(session, obligation_ids)
    if not keys:
        return []
    return (await session.scalars(select_waiting(keys, vendors))).all()


def select_waiting(keys: Collection[str], vendors: Collection[str]) -> sa.Select[UUID]:
    """Return the query of matches without a debt that are sought by any of these keys."""
    return (
        sa.select(DocumentMatch.id)
        .where(
            IS_SOUGHT,
            DocumentMatch.keys.overlap(sorted(keys)),
            DocumentMatch.vendor_key.in_(sorted(vendors)),
        )
        .order_by(DocumentMatch.id)
        .limit(_MOST_SOUGHT)
    )


async def seek_again(session: AsyncSession, match_id: UUID) -> None:
    """Seek a debt once more for lines that found none, and that no person has decided on."""
    row = await session.get(DocumentMatch, match_id)
    if row is None:
        return
    await papers.lock_accounts(session, {row.vendor_key})
    row = await session.scalar(
        sa.select(DocumentMatch)
        .where(DocumentMatch.id == match_id, IS_SOUGHT)
        .execution_options(populate_existing=True)
    )
    told = await papers.read(session, row.document_id) if row is not None else None
    if row is None or told is None:
        return
    paper, entries = told
    (*same,) = [each for each in entries if each.fingerprint() == row.fingerprint]
    found = await candidates.find(session, paper, same)
    await _lock(session, found)
    twins = await _twins(session, paper)
    for each in same:
        options = await candidates.again(session, found[each.fingerprint()])
        choice = _choose(each, options, twins, [])
        if choice.by is None and [x.told() for x in options] == row.candidates:
            return
        settling.end(session, row)
        await session.flush()
        columns = each.columns(options, replaces_id=row.id)
        await settling.write(session, paper, columns, choice)


async def note_corrected(session: AsyncSession, corrections: dict[UUID, tuple[str, str]]) -> None:
    """Note what was corrected in the ledger itself: who said so and why, by performance.

    Nothing is sought for it anew: a person has said that it was not so.
    """
    query = (
        sa.select(MatchPart.match_id, DocumentMatch.vendor_key)
        .join(DocumentMatch, DocumentMatch.id == MatchPart.match_id)
        .where(MatchPart.performance_id.in_(corrections), MatchPart.ended_at.is_(None))
    )
    found = (await session.execute(query)).all()
    await papers.lock_accounts(session, {row.vendor_key for row in found})
    rows = await session.scalars(
        sa.select(DocumentMatch)
        .where(DocumentMatch.id.in_([row.match_id for row in found]), IS_CURRENT)
        .order_by(DocumentMatch.id)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        await _drop(session, row, corrections)


async def _drop(
    session: AsyncSession, row: DocumentMatch, corrections: dict[UUID, tuple[str, str]]
) -> None:
    parts = [part for part in await settling.parts(session, [row.id]) if part.ended_at is None]
    wrong = [part.performance_id for part in parts if part.performance_id in corrections]
    if wrong and wrong[0] is not None:
        stays = [part for part in parts if part.performance_id not in (None, *wrong)]
        decision = Decision(*corrections[wrong[0]])
        await settling.carry_over(session, row, parts, stays, decision)
