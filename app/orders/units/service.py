"""What rooms above ask of units: which one is meant, whose it is, what happened to it."""

from app.orders.units.custody import current as held
from app.orders.units.custody import move
from app.orders.units.finds import UnitFilter
from app.orders.units.records import by_id, find, get, lock, named, page, record
from app.orders.units.replacing import chain, links, replaced
from app.orders.units.returning import came_back, gone, require_here, went_back

__all__ = [
    "UnitFilter",
    "by_id",
    "came_back",
    "chain",
    "find",
    "get",
    "gone",
    "held",
    "links",
    "lock",
    "move",
    "named",
    "page",
    "record",
    "replaced",
    "require_here",
    "went_back",
]
