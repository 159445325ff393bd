"""How a debt is opened: by somebody's word, or on another ground."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.business_time import Calendar
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations import ledger, measures, references, refusals, rules, spoken_times
from app.obligations.clocks import clocks
from app.obligations.events import ObligationOpened
from app.obligations.losses.models import Loss
from app.obligations.measures import plain
from app.obligations.models import Obligation, Promise
from app.obligations.obligation_schemas import ObligationIn
from app.obligations.promise_schemas import PromiseIn
from app.obligations.rules import GroundKind, Kind, State
from app.obligations.schemas import AboutIn
from app.obligations.spoken_times import Due
from app.orders.rules import rma_lookup, serial_lookup
from app.vendors import service as vendors


@dataclass(frozen=True, slots=True)
class _Time:
    """When it is due, when somebody should look at it, and how a promise's words were read."""

    due_at: datetime | None
    attend_at: datetime
    read: Due | None = None


async def open_obligation(session: AsyncSession, *, document: ObligationIn) -> Obligation:
    """Record a debt, with the promise it rests on where there is one.

    Raises OwedToOneself, UnknownReference, UnknownFile, UnfitAlternative, CurrencyMismatch,
    OtherMeasure (of the loss), Malformed (a promise of the future).
    """
    moment, promise = now(session), document.promise
    if promise is not None:
        refusals.require_happened({"/promise/said_at": promise.said_at}, moment)
    debtor, creditor = references.party(document.debtor), references.party(document.creditor)
    refusals.require_parties(debtor, creditor)
    ids = await references.check(
        session,
        parties={"/debtor": document.debtor, "/creditor": document.creditor},
        about=document.about,
        loss_id=document.loss_id,
        file_ids={"/promise/file_ids": promise.file_ids} if promise else None,
    )
    counting = await vendors.calendar_of(session, str(debtor))
    times = _times(document, moment, counting.calendar)
    obligation = Obligation(
        id=new_id(),
        kind=document.kind.value,
        state=(State.CONDITIONAL if document.trigger else State.OPEN).value,
        debtor=str(debtor),
        debtor_id=ids.get("/debtor"),
        creditor=str(creditor),
        creditor_id=ids.get("/creditor"),
        description=document.description,
        owed=document.amount.amount if document.amount else Decimal(document.quantity or 1),
        currency=document.amount.currency if document.amount else None,
        unit_value_amount=document.unit_value.amount if document.unit_value else None,
        unit_value_currency=document.unit_value.currency if document.unit_value else None,
        due_at=times.due_at,
        attend_at=times.attend_at,
        trigger_text=document.trigger,
        loss_id=document.loss_id,
        **_ground(document),
        **about_columns(document.about),
    )
    obligation.alternatives_id = await _group(session, obligation, document.alternative_to)
    await _fit_loss(session, obligation)
    event = await write(session, obligation, _promise(promise, times.read))
    await publish(session, event)
    return obligation


async def write(
    session: AsyncSession, obligation: Obligation, promise: Promise | None = None
) -> ObligationOpened:
    """Insert an obligation that is whole but for what each new one has; return its event."""
    obligation.performed = Decimal(0)
    obligation.rma_lookup = rma_lookup(obligation.rma or "") or None
    obligation.serial_lookup = serial_lookup(obligation.serial or "") or None
    clocks.wind(session, obligation, _since(obligation, promise) or now(session))
    obligation.version = 1
    obligation.created_at = obligation.updated_at = now(session)
    session.add(obligation)
    await session.flush()
    if promise is not None:
        promise.obligation_id = obligation.id
        session.add(promise)
        await session.flush()
    return ObligationOpened(
        **ledger.identity(obligation),
        state=obligation.state,
        ground=obligation.ground_kind,
        owed=plain(obligation.owed),
        currency=obligation.currency,
        due_at=obligation.due_at,
        due_rule=promise.due_rule if promise else None,
    )


def _since(obligation: Obligation, promise: Promise | None) -> datetime | None:
    return promise.said_at if promise and obligation.trigger_text is None else None


def about_columns(about: AboutIn) -> dict[str, object]:
    """Return the columns of what something is of."""
    return {
        "case_id": about.case_id,
        "purchase_line_id": about.purchase_line_id,
        "shipment_key": about.shipment,
        "product_key": about.product,
        "parcel_id": about.parcel_id,
        "rma": about.rma,
        "serial": about.serial,
    }


def _ground(document: ObligationIn) -> dict[str, object]:
    if document.ground is not None:
        told = document.ground
        return {
            "ground_kind": told.kind.value,
            "ground_text": told.text,
            "ground_reference": told.reference,
        }
    words = document.promise.words if document.promise else ""
    return {"ground_kind": GroundKind.PROMISE.value, "ground_text": words}


def _times(document: ObligationIn, moment: datetime, calendar: Calendar) -> _Time:
    promise = document.promise
    if document.trigger is not None:
        return _Time(None, moment + rules.CONDITION_SEEN_AFTER, spoken_times.WAITS)
    if document.due_at is not None:
        stated = Due(document.due_at, "as_stated", "The time was stated, not read from the words.")
        return _Time(document.due_at, document.due_at, stated)
    if promise is None:
        return _Time(None, moment + spoken_times.LOOK_AGAIN_ELSE)
    read = spoken_times.read(promise.due_words, promise.said_at, calendar)
    return _Time(read.due_at, spoken_times.look_again_at(read, promise.said_at), read)


def _promise(told: PromiseIn | None, read: Due | None) -> Promise | None:
    if told is None or read is None:
        return None
    return Promise(
        by_name=told.by_name,
        by_role=told.by_role,
        said_at=told.said_at,
        channel=told.channel.value,
        words=told.words,
        file_ids=told.file_ids,
        due_words=told.due_words,
        due_rule=read.rule,
        due_text=read.text,
    )


async def _fit_loss(session: AsyncSession, obligation: Obligation) -> None:
    """Take over the loss's case; refuse money that could never make it good."""
    if obligation.loss_id is None:
        return
    loss = await session.get_one(Loss, obligation.loss_id)
    obligation.case_id = obligation.case_id or loss.case_id
    measures.require_currency(obligation.currency, loss.value_currency)
    if measures.makes_good(Kind(obligation.kind), obligation.debtor, obligation.currency):
        in_money = obligation.currency is not None
        told = loss.value_amount if in_money else loss.quantity
        measures.require_counted(told, in_money=in_money)


async def _group(session: AsyncSession, obligation: Obligation, other_id: UUID | None) -> UUID:
    """Return the first of its alternatives; they all pursue its loss, named or not."""
    if other_id is None:
        return obligation.id
    await ledger.require_known(session, other_id, pointer="/alternative_to")
    other = (await ledger.lock(session, other_id))[other_id]
    same = (other.debtor, other.creditor) == (obligation.debtor, obligation.creditor)
    refusals.require_alternative(State(other.state), is_between_the_same=same)
    refusals.require_one_loss(obligation.loss_id, other.loss_id)
    obligation.loss_id = other.loss_id
    return other.alternatives_id
