"""The return debt: a replacement came first, the dead unit went back, and is charged all the same.

The truth of this play: the customer sent it in time, the vendor's dock signed for it, and its
accounts never heard of that. The proof was kept while it was cheap to keep.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app.demo.chapters.return_debt import charge, road, swap
from app.demo.chapters.return_debt.tale import Tale
from app.demo.scene import Chapter, Scene, Step

_STEPS: tuple[tuple[str, Callable[[Tale], Awaitable[None]]], ...] = (
    ("The ERP tells of a vendor, a router by its serial number, and its terms", swap.tell_records),
    ("It fails, and is claimed under warranty", swap.claim),
    ("A replacement is asked for, to come first", swap.ask),
    ("The vendor agrees, and ships to the customer's site", swap.approve_and_ship),
    ("It is delivered: she is made whole, and the return clock runs", road.deliver),
    ("The dead one goes back, and its carrier delivers it", road.send_back),
    ("A month later the vendor charges the list price all the same", charge.charge),
    ("The dispute goes out with its proof", charge.dispute),
    ("A credit memo reverses the charge", charge.reverse),
)


def _begin(scene: Scene) -> Sequence[Step]:
    tale = Tale(scene)
    return [Step(title, partial(do, tale)) for title, do in _STEPS]


CHAPTER = Chapter(
    name="return-debt",
    title="The return debt",
    lede=(
        "A router fails, its replacement comes first, and the dead one goes back in time. Then the "
        "vendor charges the full list price for a unit that was never returned."
    ),
    begin=_begin,
)
