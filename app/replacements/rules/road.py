"""What carriers say of parcels, there and back, as signs of where units are. Pure."""

from collections.abc import Sequence

from app.claims.rules.folding import Fact as RoadFact
from app.claims.rules.folding import Heard as Sign
from app.claims.rules.road import Carried


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
