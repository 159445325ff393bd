"""What a packet holds: gathered from all that is known of a claim, in words a clerk reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import covering, rules
from app.claims.denial_models import ClaimDenial
from app.claims.denying import facts as known
from app.claims.denying import showing as denials
from app.claims.denying.schemas import ClaimDenialOut
from app.claims.filing import files_of
from app.claims.models import Claim, ClaimFile
from app.claims.packet.goods import Goods, goods_of
from app.claims.rules import ClaimFileKind, Kind, WantedRemedy
from app.claims.rules.axes import Authorization
from app.claims.rules.folding import Fact
from app.claims.schemas import ClaimEntitlementOut
from app.claims.standing import Standing, stand
from app.files import service as files
from app.orders import views
from app.vendors import service as vendors
from app.vendors.grounds import Applicable
from app.vendors.terms import Anchor, Window

_KINDS = {Kind.WARRANTY: "warranty", Kind.DOA: "dead on arrival"}
_ASKS = {
    WantedRemedy.CREDIT: "a credit",
    WantedRemedy.REPLACEMENT: "a replacement",
    WantedRemedy.REPAIR: "a repair",
}
_TERMS = {
    "doa_window": "Dead on arrival",
    "warranty": "Warranty",
    "answer_to_claim": "Answer to a claim",
    "answer_to_return_request": "Answer to a return request",
    "rma_validity": "An authorisation is valid",
    "credit_after_receipt": "Credit after receipt",
}
_DATES = {
    Anchor.INVOICE: "Invoiced",
    Anchor.SHIPMENT: "Shipped",
    Anchor.DELIVERY: "Delivered",
    Anchor.END_USER_SALE: "Sold to the end user",
    Anchor.INSTALLATION: "Installed",
    Anchor.REGISTRATION: "Registered",
}
_FILES = {
    ClaimFileKind.PHOTO: "Photo",
    ClaimFileKind.INVOICE: "Invoice copy",
    ClaimFileKind.TEST_LOG: "Test log",
    ClaimFileKind.LETTER: "Letter",
    ClaimFileKind.OTHER: "Document",
}
# The invoice first: it is what is asked for first.
_FIRST = {ClaimFileKind.INVOICE.value: 0, ClaimFileKind.TEST_LOG.value: 1}


# A ground of the vendor's own making is judged by nobody; it must say what it stands on.
_UNNAMED = "No clause of any terms is named for this. Which clause of which terms is meant?"
_MOST_REFUSALS = 5


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with the packet."""

    letter: str
    file_id: UUID
    what: str
    name: str
    note: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is printed: told as data to the template, and the files that follow."""

    number: str
    told: dict[str, Any]
    enclosures: Sequence[Enclosure]


async def gather(session: AsyncSession, claim: Claim, company: str | None) -> Contents:
    """Return what the packet of a claim holds. The same claim gives the same."""
    standing = await stand(session, claim)
    vendor = await vendors.get(session, standing.vendor)
    dates = await known.dates_of(session, standing)
    enclosures = await _enclosures(session, claim)
    covered = await covering.entitlement(session, standing)
    goods = await goods_of(session, standing)
    number = rules.spoken_number(claim.number)
    told = {
        "number": number,
        "version": claim.version,
        "company": company,
        "vendor": vendor.name,
        "role": claim.role,
        "date": _written_on(standing),
        "kind": _KINDS[Kind(claim.kind)],
        "asks": _ASKS[WantedRemedy(claim.asks_for)],
        "references": _references(claim),
        "lines": [_line(standing, line, goods.get(line.product_key)) for line in standing.lines],
        "dates": [[_DATES[each], _day(dates[each])] for each in _DATES if each in dates],
        "found": claim.found_at.date().isoformat(),
        "symptom": claim.symptom,
        "tried": claim.tried,
        "box": _box(claim),
        "evidence": [
            [each.letter, each.what, each.name, each.note, each.sha256[:16]] for each in enclosures
        ],
        "papers": await _papers(session, standing),
        "covered": _covered(covered),
        "terms": _terms(standing),
        "source": standing.terms.source if standing.terms else None,
        "said": _said(standing),
        "appeal": await _appeal(session, standing),
    }
    return Contents(number, told, enclosures)


def _references(claim: Claim) -> list[list[str]]:
    told = [
        ("Our reference", claim.our_reference),
        ("Your reference", claim.vendor_reference),
        ("Your authorisation (RMA)", claim.rma),
    ]
    return [[name, value] for name, value in told if value]


def _written_on(standing: Standing) -> str:
    """Return the day of the letter: that of the appeal, where it is one."""
    claim, appealed = standing.claim, _appealed(standing)
    moment = appealed.at if appealed else claim.submitted_at or claim.updated_at
    return moment.date().isoformat()


def _appealed(standing: Standing) -> Any:
    """Return the newest appeal, where that is how it stands; else None."""
    if standing.claim.authorization != Authorization.APPEALED.value:
        return None
    told = [each for each in standing.facts if each.fact == Fact.APPEALED.value]
    return max(told, key=lambda each: (each.at, each.id), default=None)


def _line(standing: Standing, line: Any, goods: Goods | None) -> dict[str, Any]:
    order = standing.order_of(line)
    value = line.unit_value_amount
    return {
        "line": str(line.position),
        "product": goods.part if goods and goods.part else line.product_key,
        "name": goods.name if goods else "",
        "serial": line.serial,
        "quantity": str(line.quantity),
        "order": f"{order.purchase_order}, line {order.line}" if order else "",
        "ordered": order.ordered_on.isoformat() if order and order.ordered_on else "",
        "value": f"{value:f} {line.unit_value_currency}" if value is not None else "",
    }


def _day(moment: date | datetime) -> str:
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()


def _box(claim: Claim) -> str | None:
    if claim.is_box_opened is None:
        return None
    return "The box was opened to set it up." if claim.is_box_opened else "The box is unopened."


def _covered(told: ClaimEntitlementOut) -> dict[str, str | None]:
    return {"answer": told.answer, "why": told.why, "source": told.source}


def _terms(standing: Standing) -> list[list[str]]:
    terms = standing.terms
    if terms is None:
        return []
    found: list[list[str]] = []
    for name, title in _TERMS.items():
        window: Window | None = getattr(terms, name)
        if window is not None:
            found.append([title, window.text(), terms.source_of(name) or ""])
    return found


_SAYS = {
    Fact.SUBMITTED: "Submitted",
    Fact.ANSWERED: "Your question answered",
    Fact.APPEALED: "Appealed",
    Fact.INFO_REQUESTED: "You asked for more",
    Fact.AUTHORIZED: "You consented",
    Fact.PARTIALLY_AUTHORIZED: "You consented to a part",
    Fact.DENIED: "You refused",
    Fact.VOIDED: "Cancelled",
    Fact.RECEIVED: "You confirmed receipt",
    Fact.INSPECTED: "You inspected",
}


def _said(standing: Standing) -> list[list[str]]:
    return [
        [
            fact.at.strftime("%Y-%m-%d %H:%M UTC"),
            _SAYS[Fact(fact.fact)],
            fact.by_name or "",
            fact.words or "",
        ]
        for fact in standing.facts
    ]


async def _appeal(session: AsyncSession, standing: Standing) -> dict[str, Any] | None:
    """Return the refusals that stand and what they are worth, the newest first."""
    claim, appealed = standing.claim, _appealed(standing)
    stands = {Authorization.DENIED.value, Authorization.APPEALED.value}
    if claim.authorization not in stands:
        return None
    rows = await session.scalars(
        sa.select(ClaimDenial)
        .where(ClaimDenial.claim_id == claim.id, ClaimDenial.reversed_at.is_(None))
        .order_by(ClaimDenial.said_at.desc(), ClaimDenial.id.desc())
        .limit(_MOST_REFUSALS)
    )
    told = await denials.show(session, rows.all())
    if not told:
        return None
    return {
        "on": told[0].said_at.date().isoformat(),
        "refusals": _worth(told),
        "words": appealed.words if appealed else None,
        "notice": told[0].judgement.notice,
    }


def _worth(told: Sequence[ClaimDenialOut]) -> list[dict[str, str]]:
    """Return refusals as they were said; what several are worth alike is said once."""
    found: list[dict[str, str]] = []
    for each in told:
        judged = each.judgement
        proofs = [proof.what for proof in judged.must_prove if proof.party.value == "vendor"]
        found.append(
            {
                "words": each.words,
                "by": ", ".join(part for part in (each.by_name, each.by_role) if part) or "You",
                "why": _UNNAMED if judged.applicable is Applicable.NOT_JUDGED else judged.why,
                "proofs": "; ".join(proofs),
            }
        )
    for one, other in pairwise(found):
        if (one["why"], one["proofs"]) == (other["why"], other["proofs"]):
            one["why"] = one["proofs"] = ""
    return found


async def _enclosures(session: AsyncSession, claim: Claim) -> list[Enclosure]:
    rows = sorted(await files_of(session, claim.id), key=_place)
    kept = await files.get_many(session, [row.file_id for row in rows])
    return [
        Enclosure(
            _letter(index),
            row.file_id,
            _FILES[ClaimFileKind(row.what)],
            kept[row.file_id].name or "",
            row.note or "",
            kept[row.file_id].sha256,
        )
        for index, row in enumerate(rows)
    ]


def _place(row: ClaimFile) -> tuple[int, UUID]:
    return _FIRST.get(row.what, 9), row.id


def _letter(index: int) -> str:
    """Return A to Z, then AA and so on."""
    rest, place = divmod(index, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + place)


async def _papers(session: AsyncSession, standing: Standing) -> list[list[str]]:
    """Return the vendor's own invoices of the orders, as the ERP booked them."""
    told = views.vendor_document_lines().subquery()
    orders = {order.purchase_order for order in standing.orders.values()}
    rows = await session.execute(
        sa.select(told.c.number, told.c.issued_on, told.c.purchase_order_key)
        .where(
            told.c.purchase_order_key.in_(orders),
            told.c.kind == "invoice",
            told.c.cancelled_at.is_(None),
        )
        .distinct()
        .order_by(told.c.issued_on, told.c.number)
        .limit(20)
    )
    return [[row.number, row.issued_on.isoformat(), row.purchase_order_key] for row in rows]
