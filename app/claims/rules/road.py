"""What carriers say of the parcels that go back, as signs of where the units are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.claims.rules.folding import Fact, Heard
from app.parcels.reports import ScanStatus


@dataclass(frozen=True, slots=True)
class Carried:
    """A parcel with units.

    delivered_at   by its carrier, to the vendor
    came_back_at   since when it is on its way back to us
    lost_at        since when it is taken for lost
    """

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


def signs(carried: Sequence[Carried]) -> list[Heard]:
    """Return where the units are by their parcels: arrived only once all have arrived."""
    found, going = set_out(carried)
    lost = [each.lost_at for each in going if each.lost_at is not None]
    if lost:
        found.append(Heard(Fact.LOST, min(lost)))
    arrived = [each.delivered_at for each in going if each.delivered_at is not None]
    if going and len(arrived) == len(going):
        found.append(Heard(Fact.DELIVERED, max(arrived)))
    return found


def set_out(carried: Sequence[Carried]) -> tuple[list[Heard], list[Carried]]:
    """Return the signs that units left or came back, and the parcels that did not come back."""
    going = [each for each in carried if each.came_back_at is None]
    found = [Heard(Fact.SENT, each.sent_at) for each in carried]
    backs = [each.came_back_at for each in carried if each.came_back_at is not None]
    if backs and not any(each.sent_at <= max(backs) for each in going):
        found.append(Heard(Fact.CAME_BACK, max(backs)))
    return found, going
