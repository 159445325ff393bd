"""What the weights say of a discrepancy: asked from all that is known, and kept with it."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.events import DiscrepancyWeighed
from app.discrepancies.evidence.facts import Standing, newest_verdict
from app.discrepancies.models import StoredVerdict
from app.discrepancies.rules import WEIGHABLE, WHY_NOT_WEIGHED, Kind, NothingToWeigh
from app.discrepancies.weights import questions
from app.discrepancies.weights.judging_weights import weigh as judge_weights
from app.discrepancies.weights.question_schemas import VerdictIn
from app.discrepancies.weights.questions import Asked
from app.discrepancies.weights.verdict_schemas import StoredVerdictOut, VerdictOut
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.settings import Verdicts

MODEL = "1"
"""Of `verdict/`: raised whenever it would answer an old question otherwise."""


def ask(standing: Standing, settings: Verdicts, prior: float | None = None) -> Asked | str:
    """Return what the weights would be asked now; a sentence where nothing can be."""
    kind = Kind(standing.discrepancy.kind)
    if kind not in WEIGHABLE:
        return WHY_NOT_WEIGHED[kind]
    missing = {line.purchase_line_id: line.quantity for line in standing.lines}
    return questions.ask(standing.gathered, missing, prior or settings.reported_prior)


async def weigh(
    session: AsyncSession, standing: Standing, settings: Verdicts, *, prior: float | None = None
) -> StoredVerdict:
    """Weigh a locked discrepancy and keep what comes of it. Raises NothingToWeigh."""
    asked = ask(standing, settings, prior)
    if isinstance(asked, str):
        raise NothingToWeigh(asked)
    return await _keep(session, standing, asked, settings)


async def weigh_if_new(session: AsyncSession, standing: Standing, settings: Verdicts) -> bool:
    """Weigh a locked discrepancy, unless the same was asked last. Returns whether."""
    before = await newest_verdict(session, standing.discrepancy.id)
    # A prior that somebody asked for stays until another is asked for.
    asked = ask(standing, settings, before.question["prior"] if before else None)
    if isinstance(asked, str):
        return False
    if before is not None and before.inputs == _inputs(asked.question):
        return False
    await _keep(session, standing, asked, settings)
    return True


def _inputs(question: VerdictIn) -> bytes:
    told = orjson.dumps([MODEL, question.model_dump(mode="json")], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).digest()[:16]


async def _keep(
    session: AsyncSession, standing: Standing, asked: Asked, settings: Verdicts
) -> StoredVerdict:
    discrepancy = standing.discrepancy
    before = await newest_verdict(session, discrepancy.id)
    # In a thread: it is arithmetic, and other requests need not wait for it.
    verdict = await asyncio.to_thread(judge_weights, asked.question.question(), settings)
    told = VerdictOut.model_validate(verdict).model_dump(mode="json")
    row = StoredVerdict(
        id=new_id(),
        discrepancy_id=discrepancy.id,
        weighed_at=now(session),
        weighed_by=context_of(session).caller,
        model=MODEL,
        question=asked.question.model_dump(mode="json"),
        answer=told,
        readings=asked.readings,
        left_out=asked.left_out,
        notes=asked.notes,
        inputs=_inputs(asked.question),
    )
    session.add(row)
    await keeping.changed(session, discrepancy)
    if before is None or _gist(before.answer) != _gist(told):
        event = DiscrepancyWeighed(
            **keeping.named(discrepancy),
            verdict_id=row.id,
            shipped=told["shipped"]["support"],
            at_last_weighing=told["at_last_weighing"]["support"],
            missing=told["missing"],
            sentence=told["sentence"],
        )
        await publish(session, event)
    return row


def _gist(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what two answers must agree in to be the same answer."""
    gap = answer["lost_between"]
    return (
        answer["shipped"]["support"],
        answer["at_last_weighing"]["support"],
        answer["missing"],
        (gap["package"], gap["after"], gap["before"]) if gap else None,
    )


async def page(
    session: AsyncSession, discrepancy_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[StoredVerdict]:
    """Return verdicts, the newest first, before an id."""
    return (
        await session.scalars(select_verdicts(discrepancy_id, before=before).limit(limit))
    ).all()


def select_verdicts(
    discrepancy_id: UUID, *, before: UUID | None = None
) -> sa.Select[StoredVerdict]:
    """Return the query of verdicts, the newest first, before an id."""
    query = sa.select(StoredVerdict).where(StoredVerdict.discrepancy_id == discrepancy_id)
    if before is not None:
        query = query.where(StoredVerdict.id < before)
    return query.order_by(StoredVerdict.id.desc())


def show(row: StoredVerdict) -> StoredVerdictOut:
    """Return a kept verdict as it is read."""
    gross = {(each["package"], each["reading"]) for each in row.answer["gross_readings"]}
    return StoredVerdictOut.model_validate(
        {
            **row.answer,
            "question": row.question,
            "id": row.id,
            "weighed_at": row.weighed_at,
            "weighed_by": row.weighed_by,
            "model": row.model,
            "notes": row.notes,
            "readings": [
                {**each, "is_contradicted": (each["package"], each["reading"]) in gross}
                for each in row.readings
            ],
            "left_out": row.left_out,
        }
    )
