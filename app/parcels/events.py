"""What happens to parcels. Scans come in bulk and are rows; these change something for somebody."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class ParcelEvent(Event):
    """Something that happened to a parcel."""

    parcel_id: UUID
    tracking_number: str | None

    def subject(self) -> str:
        """Return the parcel."""
        return f"parcels/{self.parcel_id}"


class ParcelStatusChanged(ParcelEvent):
    """A parcel is at another point of its way."""

    TYPE: ClassVar[str] = "parcels.status_changed"

    before: str
    status: str
    status_at: datetime | None


class ParcelDelivered(ParcelEvent):
    """A carrier says it delivered the parcel. Not that what was in it arrived."""

    TYPE: ClassVar[str] = "parcels.delivered"

    delivered_at: datetime


class ParcelWeighed(ParcelEvent):
    """A weight of the parcel became known."""

    TYPE: ClassVar[str] = "parcels.weighed"

    reading_id: UUID
    kind: str
    grams: int | None


class ParcelProofReceived(ParcelEvent):
    """A proof of delivery, or a part of one, became known."""

    TYPE: ClassVar[str] = "parcels.proof_received"

    proof_id: UUID


class ParcelMatched(ParcelEvent):
    """A parcel was found to carry packages of a shipment."""

    TYPE: ClassVar[str] = "parcels.matched"

    shipment_id: UUID
    package_ids: list[UUID]
