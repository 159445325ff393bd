"""What carriers say of parcels, there and back, as signs of where units are. Pure."""

from collections.abc import Sequence

from app.claims.rules.folding import Fact as RoadFact
from app.claims.rules.folding import Heard as Sign
from app.claims.rules.road import Carried, set_out


def signs(carried: Sequence[Carried]) -> list[Sign]:
    """Return where the one unit is by its parcels: of several the one that arrived had it."""
    found, going = set_out(carried)
    lost = [each.lost_at for each in going if each.lost_at is not None]
    if lost and len(lost) == len(going):
        found.append(Sign(RoadFact.LOST, max(lost)))
    arrived = [each.delivered_at for each in going if each.delivered_at is not None]
    if arrived:
        found.append(Sign(RoadFact.DELIVERED, min(arrived)))
    return found
