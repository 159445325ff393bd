"""Replacements as they are read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import spoken_number as case_number
from app.claims.rules.axes import ReturnLeg
from app.claims.rules.findings import FoundOutcome
from app.kit.db import now
from app.kit.money_fields import MoneyOut, money_of
from app.obligations.rules import Channel
from app.obligations.rules import State as DebtState
from app.orders.units import service as units
from app.replacements import reminding, rules
from app.replacements.acting import files_of
from app.replacements.charging.schemas import DecidedOut, ReplacementChargeOut
from app.replacements.models import Replacement, ReplacementCharge
from app.replacements.out_schemas import (
    AtRiskOut,
    BearerOut,
    HolderOut,
    NumberedOut,
    ReplacementOut,
    ReplacementWhole,
    ReturnByOut,
    ReturnProofOut,
    ScanOut,
    SwapDoorOut,
    SwapDueOut,
    SwapEntitlementOut,
    SwapFactOut,
    SwapFileOut,
    SwapParcelOut,
    SwapSecurityOut,
    SwapUnitOut,
)
from app.replacements.reading import Read, carried, counted_ids, read
from app.replacements.rules import Arrival, ReplacementFileKind, ShipTo, SwapOutcome
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.states import Outbound, ReturnCharge, SwapState
from app.replacements.standing import Standing, stand
from app.vendors import service as vendors
from app.vendors.rules import Role
from app.vendors.terms import Bearer

_AS_KEPT = (
    *("id", "version", "claim_id", "follows_id", "is_open", "rma", "return_by"),
    *("our_reference", "requested_at", "closed_at", "created_at", "updated_at"),
)
_FACT = ("id", "at", "is_ours", "by_name", "words", "told", "recorded_at", "recorded_by")
_PARCEL = ("id", "is_return", "tracking_number", "carrier", "sent_at", "parcel_id", "lost_at")
_CHARGE = (
    *("id", "number", "issued_on", "named_by"),
    *("disputed_at", "accepted_at", "reversed_at"),
)


async def show(session: AsyncSession, rows: Sequence[Replacement]) -> list[ReplacementOut]:
    """Return replacements as they are read in a list, in the order given."""
    doors = await vendors.keys_of(session, {row.vendor_id for row in rows})
    numbers = await cases.numbers(session, {row.case_id for row in rows})
    ids = {each for row in rows for each in (row.back_unit_id, row.came_unit_id) if each}
    kept = await units.by_id(session, ids) if ids else {}
    keys = {unit_id: unit.key for unit_id, unit in kept.items()}
    return [_short(row, doors[row.vendor_id], numbers[row.case_id], keys) for row in rows]


def _short(row: Replacement, vendor: str, case: int, keys: Mapping[UUID, str]) -> ReplacementOut:
    came = None
    if row.came_key is not None or row.came_serial is not None:
        key = keys.get(row.came_unit_id) if row.came_unit_id else None
        came = SwapUnitOut(product=row.came_key, serial=row.came_serial, unit=key)
    back = keys.get(row.back_unit_id) if row.back_unit_id else None
    return ReplacementOut(
        **{name: getattr(row, name) for name in _AS_KEPT},
        number=rules.spoken_number(row.number),
        line=row.line_position,
        case=NumberedOut(id=row.case_id, number=case_number(case)),
        door=SwapDoorOut(vendor=vendor, role=Role(row.role), product_line=row.product_line),
        state=SwapState(row.state),
        outbound=Outbound(row.outbound),
        return_leg=ReturnLeg(row.return_leg),
        charge=ReturnCharge(row.charge),
        outcome=SwapOutcome(row.outcome) if row.outcome else None,
        ship_to=ShipTo(row.ship_to),
        goes_back=SwapUnitOut(product=row.back_key, serial=row.back_serial, unit=back),
        came=came,
        arrival=Arrival(row.arrival) if row.arrival else None,
    )


async def show_whole(session: AsyncSession, row: Replacement) -> ReplacementWhole:
    """Return a replacement as it is read by itself."""
    (short,) = await show(session, [row])
    standing = await stand(session, row)
    found = read(standing, now(session))
    holder = await reminding.holder(session, row)
    return ReplacementWhole(
        **dict(short),
        return_due=_return_by(found),
        at_risk=AtRiskOut(
            amount=money_of(row.at_risk_amount, row.at_risk_currency), why=row.at_risk_why
        ),
        security=_security(row),
        entitlement=_entitlement(standing),
        warnings=_warnings(standing),
        holder=HolderOut(kind=holder.kind.value, key=holder.key),
        lost_on_its_way=_bearer(standing),
        late_clock_stopped_at=found.late_clock_stopped_at,
        risk_ended_at=found.proof().received_at,
        facts=_facts(found),
        parcels=_parcels(standing),
        charges=[_charge(standing, each) for each in standing.charges],
        files=[
            SwapFileOut(
                id=each.id,
                file_id=each.file_id,
                what=ReplacementFileKind(each.what),
                note=each.note,
                added_at=each.added_at,
                added_by=each.added_by,
            )
            for each in await files_of(session, row.id)
        ],
        dues=_dues(standing),
    )


def _return_by(found: Read) -> ReturnByOut:
    by = found.return_by
    return ReturnByOut(
        on=by.on,
        due_at=by.due_at,
        by_terms=by.by_terms,
        stated=by.stated,
        charged_after=by.charged_after,
        why=by.why,
        is_late=found.is_late,
    )


def _security(row: Replacement) -> SwapSecurityOut:
    told = row.security
    return SwapSecurityOut(
        purchase_order=told.get("purchase_order"),
        card_reference=told.get("card_reference"),
        deposit=MoneyOut.model_validate(told["deposit"]) if told.get("deposit") else None,
        credit_approval=told.get("credit_approval"),
        billed=money_of(row.billed_amount, row.billed_currency),
    )


def _asked(standing: Standing) -> Mapping[str, str | None]:
    asked = next(x for x in standing.facts if x.fact == SwapFact.REQUESTED.value)
    return asked.told["entitlement"]


def _entitlement(standing: Standing) -> SwapEntitlementOut:
    told = {name: _asked(standing).get(name) for name in SwapEntitlementOut.model_fields}
    return SwapEntitlementOut.model_validate(told)


def _warnings(standing: Standing) -> list[str]:
    row, found = standing.replacement, list[str]()
    told = _asked(standing)
    if told["answer"] == "unknown":
        found.append(f"Whether this unit is replaced first is not known. {told['why']}".strip())
    if standing.offered is None or standing.offered.return_by is None:
        found.append("No term says by when the unit goes back; ask, and tell what they state.")
    if row.came_key is not None and row.came_key != row.wanted_key:
        found.append(f"What was shipped is {row.came_key}, not {row.wanted_key}.")
    if standing.offered and standing.offered.default_ends_service:
        found.append("Whoever returns nothing may be denied service, by the terms.")
    return found


def _bearer(standing: Standing) -> BearerOut:
    terms = standing.terms
    risk = terms.risk_in_transit if terms else None
    if risk is None:
        why = "No term says whose risk it is in transit: it is taken for ours until one does."
        return BearerOut(bearer="unknown", why=why)
    who = "the vendor's" if risk.bearer is Bearer.VENDOR else "ours"
    return BearerOut(bearer=risk.bearer.value, why=f"In transit the risk is {who}: {risk.rule}.")


def _facts(found: Read) -> list[SwapFactOut]:
    counted = counted_ids(found)
    return [
        SwapFactOut(
            **{name: getattr(fact, name) for name in _FACT},
            fact=SwapFact(fact.fact),
            channel=Channel(fact.channel) if fact.channel else None,
            counts=fact.id in counted,
        )
        for fact in found.standing.facts
    ]


def _parcels(standing: Standing) -> list[SwapParcelOut]:
    return [
        SwapParcelOut(
            **{name: getattr(row, name) for name in _PARCEL},
            delivered_at=told.delivered_at,
            came_back_at=told.came_back_at,
        )
        for row in standing.parcels
        for told in [carried(standing, row)]
    ]


def _charge(standing: Standing, row: ReplacementCharge) -> ReplacementChargeOut:
    due = {x.purpose: x for x in standing.dues if x.subject == row.id}
    refund, payment = due.get("refund"), due.get("payment")
    return ReplacementChargeOut(
        **{name: getattr(row, name) for name in _CHARGE},
        document=row.document_key,
        amount=MoneyOut(amount=row.amount, currency=row.currency),
        state=ReturnCharge(row.state),
        is_contradicted=row.judged["is_contradicted"],
        why=row.judged["why"],
        above_terms=_above(standing.replacement, row),
        decided=DecidedOut.model_validate(row.by_hand) if row.by_hand else None,
        refund_id=refund.obligation_id if refund else None,
        refund_state=DebtState(standing.owed[refund.obligation_id].state) if refund else None,
        payment_id=payment.obligation_id if payment else None,
    )


def _above(replacement: Replacement, row: ReplacementCharge) -> MoneyOut | None:
    least = replacement.at_risk_amount
    if least is None or replacement.at_risk_currency != row.currency or row.amount <= least:
        return None
    return MoneyOut(amount=Decimal(row.amount - least), currency=row.currency)


def _dues(standing: Standing) -> list[SwapDueOut]:
    return [
        SwapDueOut(
            purpose=row.purpose,
            obligation_id=row.obligation_id,
            number=debt.number,
            debtor=debt.debtor,
            state=DebtState(debt.state),
            due_at=debt.due_at,
        )
        for row in standing.dues
        for debt in [standing.owed[row.obligation_id]]
    ]


async def show_proof(session: AsyncSession, row: Replacement) -> ReturnProofOut:
    """Return what shows that the unit went back."""
    standing = await stand(session, row)
    return proof_of(read(standing, now(session)))


def proof_of(found: Read) -> ReturnProofOut:
    """Return what shows that the unit went back, as it is read."""
    proof, arriving = found.proof(), found.arriving
    story = found.standing.story(arriving) if arriving else None
    received = found.received
    outcome = received.told.get("outcome") if received else None
    return ReturnProofOut(
        tracking_number=arriving.tracking_number if arriving else None,
        sent_at=arriving.sent_at if arriving else None,
        delivered_at=proof.delivered_at,
        signed_by=(story["proof"] or {}).get("signed_by") if story else None,
        received_at=proof.received_at,
        serials=received.told["serials"] if received else [],
        outcome=FoundOutcome(outcome) if outcome else None,
        weight=found.weighed.says,
        weight_why=found.weighed.why,
        scans=[
            ScanOut(
                at=each["occurred_at"],
                status=each["status"],
                text=each["message"],
                place=_place(each["place"]),
            )
            for each in (story or {}).get("scans", ())
        ],
    )


def _place(place: Mapping[str, object] | None) -> str | None:
    if place is None:
        return None
    parts = [place.get(name) for name in ("text", "city", "region", "country")]
    told = [str(part) for part in parts if part]
    return ", ".join(dict.fromkeys(told)) or None
