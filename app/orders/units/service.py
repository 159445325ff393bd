"""What rooms above ask of units: which one is meant, whose it is, what happened to it."""

from app.orders.units.custody import current as held
from app.orders.units.custody import move
from app.orders.units.finds import UnitFilter
from app.orders.units.models import Unit
from app.orders.units.reading import show
from app.orders.units.records import by_id, find, get, lock, named, page, record
from app.orders.units.replacing import chain, links, replaced
from app.orders.units.returning import came_back, gone, require_here, went_back
from app.orders.units.schemas import UnitIn, UnitOut

__all__ = [
    "Unit",
    "UnitFilter",
    "UnitIn",
    "UnitOut",
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
    "show",
    "went_back",
]
