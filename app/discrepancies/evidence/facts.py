"""What is known of a claim when rights are reckoned and refusals judged: read, never assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.discrepancies import keeping
from app.discrepancies.evidence.gathering import Gathered, OrderLine, Row, gather
from app.discrepancies.models import (
    Denial,
    Discrepancy,
    DiscrepancyLine,
    DiscrepancyRight,
    StoredVerdict,
)
from app.kit.fields import COUNTRIES
from app.obligations import lost
from app.obligations import service as ledger
from app.obligations.rules import RESTORING, State
from app.parcels.rules import PlaceKind, carrier_slug
from app.vendors import service as vendors
from app.vendors.grounds import ClaimKind, Facts, LeftAt, Promise, Weighed
from app.vendors.rules import Area, Role
from app.vendors.service import Carriage, Door
from app.vendors.terms import Anchor, Filer, Side

# A seller's terms are those of its part as a distributor, where it plays that.
_SELLS_AS = (Role.DISTRIBUTOR, Role.MANUFACTURER, Role.SERVICE)
_SIDES = {"us": Side.US, "vendor": Side.VENDOR, "customer": Side.CUSTOMER}
_SHOWS = ("signed_by", "left_at", "place", "photo_url", "signature_url", "document_url")


@dataclass(frozen=True, slots=True)
class Standing:
    """A discrepancy with all that is known of it."""

    discrepancy: Discrepancy
    lines: Sequence[DiscrepancyLine]
    gathered: Gathered
    supplier: str

    @property
    def claim_kind(self) -> ClaimKind:
        """Return what is claimed."""
        return ClaimKind(self.discrepancy.kind)

    @property
    def order_lines(self) -> list[OrderLine]:
        """Return the order lines that differ."""
        return [self.gathered.lines[line.purchase_line_id] for line in self.lines]

    @property
    def stories(self) -> list[Row]:
        """Return the stories of the parcels that hold, or may hold, what differs."""
        return self.gathered.stories_of(line.purchase_line_id for line in self.lines)

    @property
    def delivered_at(self) -> datetime | None:
        """Return when the last of these parcels was delivered; None while one is not."""
        told = [story["delivered_at"] for story in self.stories]
        return max(told) if told and all(told) else None

    @property
    def carrier(self) -> str | None:
        """Return the one carrier of these parcels."""
        names = {story["carrier"] for story in self.stories if story["carrier"]}
        told = {carrier_slug(each.carrier) for each in self.gathered.packages if each.carrier}
        found = names or {name for name in told if name}
        return found.pop() if len(found) == 1 else None

    @property
    def terms_on(self) -> date:
        """Return the day whose terms count: that of the order, else of shipping, else ours."""
        ordered = [line.ordered_on for line in self.order_lines if line.ordered_on]
        shipped = self.gathered.shipped_at
        fallback = shipped.date() if shipped else self.discrepancy.reported_at.date()
        return min(ordered, default=fallback)

    def carriage(self) -> Carriage | None:
        """Return by whom it was carried, and how far as scans tell."""
        carrier = self.carrier
        return None if carrier is None else Carriage(carrier, None, self._area())

    def _area(self) -> Area | None:
        ship_to = (self.gathered.ship_to or {}).get("country")
        told = {
            (scan["place"]["country"] or "").upper()
            for story in self.stories
            for scan in story["scans"]
            if scan["place"]
        }
        seen = told & COUNTRIES
        # A code that is none says nothing; one scan elsewhere says that it went abroad.
        if ship_to is None or not seen:
            return None
        return Area.DOMESTIC if seen == {ship_to} else Area.INTERNATIONAL

    def sides(self) -> dict[Filer, Side]:
        """Return who is what to the carrier, as far as it was told."""
        found: dict[Filer, Side] = {}
        for filer, (kind, _) in (
            (Filer.SHIPPER_OF_RECORD, self.gathered.shipper),
            (Filer.ACCOUNT_HOLDER, self.gathered.account),
        ):
            if kind is not None:
                found[filer] = _SIDES[kind]
        drops = {line.is_drop_shipped for line in self.order_lines}
        if len(drops) == 1:
            found[Filer.CONSIGNEE] = Side.CUSTOMER if drops == {True} else Side.US
        return found

    def about(self) -> dict[str, Any]:
        """Return what everything that is told to the ledger of it is about."""
        lines = self.lines
        return {
            "case_id": self.discrepancy.case_id,
            "shipment": self.gathered.key,
            "purchase_line_id": lines[0].purchase_line_id if len(lines) == 1 else None,
        }

    def only_loss(self) -> UUID | None:
        """Return its loss, where there is one alone."""
        return self.lines[0].loss_id if len(self.lines) == 1 else None

    def filer_vendor_id(self) -> UUID:
        """Return the vendor that stands in the carrier's books; else the one we bought from."""
        for kind, vendor_id in (self.gathered.shipper, self.gathered.account):
            if kind == "vendor" and vendor_id is not None:
                return vendor_id
        return self.discrepancy.supplier_id


async def stand(session: AsyncSession, discrepancy: Discrepancy) -> Standing:
    """Return a discrepancy with all that is known of it now."""
    lines = await keeping.lines_of(session, discrepancy.id)
    gathered = await gather(
        session, discrepancy.shipment_id, [line.purchase_line_id for line in lines]
    )
    keys = await vendors.keys_of(session, {discrepancy.supplier_id})
    return Standing(discrepancy, lines, gathered, keys[discrepancy.supplier_id])


async def supplier_door(session: AsyncSession, standing: Standing) -> Door:
    """Return at whose door it is claimed: the seller's, in the part whose terms are on record."""
    supplier = await vendors.get(session, standing.supplier)
    roles = [role for role in _SELLS_AS if role.value in supplier.roles]
    doors = [Door(supplier.id, role, standing.terms_on) for role in roles]
    for door in doors:
        in_force = await vendors.terms_in_force(
            session, vendor_id=door.vendor_id, role=door.role, product_line=None, on=door.on
        )
        if in_force is not None:
            return door
    return doors[0]


async def facts_of(
    session: AsyncSession, standing: Standing, *, against: tuple[UUID, str] | None = None
) -> Facts:
    """Return what is known of the claim.

    `against`: the vendor (id, key) that was told and whose promise counts; else the supplier.
    """
    vendor_id, key = against or (standing.discrepancy.supplier_id, standing.supplier)
    stories = standing.stories
    dates: dict[Anchor, date | datetime] = {}
    if standing.gathered.shipped_at is not None:
        dates[Anchor.SHIPMENT] = standing.gathered.shipped_at
    if (delivered_at := standing.delivered_at) is not None:
        dates[Anchor.DELIVERY] = delivered_at
    return Facts(
        dates=dates,
        reported=await _told_at(session, standing.discrepancy, vendor_id),
        weighed=await _weighed(session, standing.discrepancy.id),
        left_at=_left_at(stories),
        has_proof_of_delivery=_has_proof(stories),
        is_drop_shipped=any(line.is_drop_shipped for line in standing.order_lines),
        has_proof_of_purchase=await _has_invoice(session, standing.discrepancy.case_id),
        sides=standing.sides(),
        promise=await _promise(session, standing, f"vendor:{key}"),
    )


async def _told_at(
    session: AsyncSession, discrepancy: Discrepancy, vendor_id: UUID
) -> datetime | None:
    """Return when a vendor was told: as was said here, in the ledger, or by its own refusal."""
    refused = await session.scalar(
        sa.select(sa.func.min(Denial.said_at)).where(
            Denial.discrepancy_id == discrepancy.id, Denial.vendor_id == vendor_id
        )
    )
    if vendor_id != discrepancy.supplier_id:
        return refused
    told, right = lost.deadlines().subquery(), DiscrepancyRight
    used = await session.scalar(
        sa.select(sa.func.min(told.c.ended_at))
        .join(right, right.deadline_id == told.c.deadline_id)
        .where(
            right.discrepancy_id == discrepancy.id,
            right.toward.startswith("vendor:"),
            right.right_kind.startswith("report"),
            told.c.state == "used",
        )
    )
    return min(filter(None, (discrepancy.vendor_told_at, used, refused)), default=None)


async def newest_verdict(session: AsyncSession, discrepancy_id: UUID) -> StoredVerdict | None:
    """Return what the weights said last."""
    return await session.scalar(
        sa.select(StoredVerdict)
        .where(StoredVerdict.discrepancy_id == discrepancy_id)
        .order_by(StoredVerdict.id.desc())
        .limit(1)
    )


async def _weighed(session: AsyncSession, discrepancy_id: UUID) -> Weighed | None:
    verdict = await newest_verdict(session, discrepancy_id)
    if verdict is None or not verdict.readings:
        return None
    answer: Mapping[str, Any] = verdict.answer
    return Weighed(
        shipped=answer["shipped"]["support"],
        at_last_weighing=answer["at_last_weighing"]["support"],
        last_weighed=answer["last_weighed_at"],
        last_weighed_at=answer["last_weighed_place"],
    )


def _left_at(stories: Sequence[Row]) -> LeftAt | None:
    kinds = {story["place_of_delivery"]["kind"] for story in stories}
    if not kinds:
        return None
    if PlaceKind.ELSEWHERE in kinds:
        return LeftAt.ELSEWHERE
    return LeftAt.AS_ADDRESSED if kinds == {PlaceKind.AS_ADDRESSED} else LeftAt.UNKNOWN


def _has_proof(stories: Sequence[Row]) -> bool | None:
    proved = [
        story["proof"] is not None and any(story["proof"][name] for name in _SHOWS)
        for story in stories
    ]
    if not proved or (any(proved) and not all(proved)):
        return None
    return proved[0]


async def _has_invoice(session: AsyncSession, case_id: UUID) -> bool | None:
    case = await cases.show_whole(session, await cases.get(session, case_id))
    return True if any(file.what == "invoice" for file in case.files) else None


async def _promise(session: AsyncSession, standing: Standing, debtor: str) -> Promise | None:
    """Return the vendor's word that would make it good; of several the one given last."""
    losses = {line.loss_id for line in standing.lines if line.loss_id is not None}
    ordered = {line.purchase_line_id for line in standing.lines}
    owed = [
        each
        for each in await ledger.find_by_case(session, standing.discrepancy.case_id)
        if each.debtor == debtor
        and each.kind in {kind.value for kind in RESTORING}
        and each.ground_kind == "promise"
        and each.state not in {State.VOID.value, State.SUPERSEDED.value}
        and (each.loss_id in losses if each.loss_id else each.purchase_line_id in {None, *ordered})
    ]
    if not owed:
        return None
    newest = max(owed, key=lambda each: each.id)
    story = await ledger.tell(session, newest)
    if story.promise is None:
        return None
    taken_back = min((each.said_at for each in story.retractions), default=None)
    return Promise(
        by=_who((story.promise.by_name, story.promise.by_role)),
        made=story.promise.said_at,
        words=story.promise.words,
        taken_back=taken_back,
        released=story.ended_at if story.state is State.RELEASED else None,
    )


def _who(names: Iterable[str | None]) -> str:
    return ", ".join(filter(None, names))[:200]
