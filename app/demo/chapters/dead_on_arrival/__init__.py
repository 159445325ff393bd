"""Dead on arrival: a router comes out of its box dead, amid a project with a date.

The truth of this play: the distributor's window closed while the box stood unopened; the maker's
runs. Under terms for what comes dead neither an opened box nor a return policy is a ground, a
depot helps two weeks too late, and who gets a replacement first must prove that the dead one went
back.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app.demo.chapters.dead_on_arrival import (
    asking,
    carriage,
    failure,
    records,
    refusals,
    return_leg,
    swap,
)
from app.demo.chapters.dead_on_arrival.tale import Tale
from app.demo.scene import Chapter, Scene, Step

_STEPS: tuple[tuple[str, Callable[[Tale], Awaitable[None]]], ...] = (
    ("The ERP tells of a router, its maker and who sold it", records.tell_parties),
    ("One is drop-shipped; the ERP keeps its serial number", records.tell_unit),
    ("Terms: the maker's own, and a template for the distributor", records.tell_terms),
    ("The carriers' webhooks get an address and a secret", carriage.register_sender),
    ("Out of its box it is dead, nine days before the wing opens", failure.report),
    ("What is it entitled to, where, and what helps in time?", failure.ask_entitlements),
    ("A photo and the invoice are kept", asking.keep_files),
    ("The claim is drafted at the maker's door", asking.draft),
    ("Its packet is printed", asking.print_packet),
    ("It is faxed, and an answer is owed", asking.submit),
    ("The maker offers a depot, in two weeks", refusals.offer_depot),
    ("Then: the box has been opened", refusals.refuse_for_box),
    ("Then: that product can't be returned", refusals.refuse_by_policy),
    ("The appeal goes out with what the refusals are worth", refusals.appeal),
    ("A replacement is asked for that comes first", swap.ask_first),
    ("The maker gives in, to both", swap.consent),
    ("The replacement comes first, and in time", swap.arrive),
    ("The dead one goes back", return_leg.send),
    ("Its carrier delivers it: we are not late", return_leg.arrive),
    ("The maker confirms the serial: the risk is its own", return_leg.confirm),
    ("The claim is settled by that", return_leg.settled),
    ("All is closed", return_leg.close),
)


def _begin(scene: Scene) -> Sequence[Step]:
    tale = Tale(scene)
    return [Step(title, partial(do, tale)) for title, do in _STEPS]


CHAPTER = Chapter(
    name="dead-on-arrival",
    title="Dead on arrival",
    lede=(
        "A router comes out of its box dead, nine days before it must run. A depot in two weeks; "
        '"the box has been opened"; "that product can\'t be returned". By which terms, and what '
        "helps in time?"
    ),
    begin=_begin,
)
