"""What carriers say of parcels, there and back, as signs of where units are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.claims.rules.folding import Fact as RoadFact
from app.claims.rules.folding import Heard as Sign
from app.parcels.reports import ScanStatus


@dataclass(frozen=True, slots=True)
class Carried:
    """A parcel: when it left, was delivered, turned back, was taken for lost."""

    sent_at: datetime
    lost_at: datetime | None = None
    delivered_at: datetime | None = None
    came_back_at: datetime | None = None

    @classmethod
    def of(
        cls, sent_at: datetime, lost_at: datetime | None, story: Mapping[str, Any] | None
    ) -> "Carried":
        """Return a parcel as its story tells it; None: nothing was heard of it."""
        if story is None:
            return cls(sent_at, lost_at)
        turned = story["status"] == ScanStatus.RETURN_TO_SENDER.value
        return cls(
            sent_at,
            lost_at,
            None if turned else story["delivered_at"],
            story["status_at"] if turned else None,
        )


def signs(carried: Sequence[Carried]) -> list[Sign]:
    """Return where the one unit is by its parcels: of several the one that arrived had it."""
    going = [each for each in carried if each.came_back_at is None]
    found = [Sign(RoadFact.SENT, each.sent_at) for each in carried]
    backs = [each.came_back_at for each in carried if each.came_back_at is not None]
    if backs and not any(each.sent_at <= max(backs) for each in going):
        found.append(Sign(RoadFact.CAME_BACK, max(backs)))
    lost = [each.lost_at for each in going if each.lost_at is not None]
    if lost and len(lost) == len(going):
        found.append(Sign(RoadFact.LOST, max(lost)))
    arrived = [each.delivered_at for each in going if each.delivered_at is not None]
    if arrived:
        found.append(Sign(RoadFact.DELIVERED, min(arrived)))
    return found
