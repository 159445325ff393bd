"""The silent price drop: bought on Friday, drop-shipped, and on Monday the price is lower.

The truth of this play: the distributor announced nothing. Its prices say it: one of five fell and
stays fallen; the others are a promotion, a rounding, and nothing. The terms reach units that were
sold and drop-shipped, and the credit comes short at first.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app.demo.chapters.silent_price_drop import claiming, crediting, falling, records
from app.demo.chapters.silent_price_drop.tale import Tale
from app.demo.scene import Chapter, Scene, Step

_STEPS: tuple[tuple[str, Callable[[Tale], Awaitable[None]]], ...] = (
    ("The ERP tells of a distributor, five products and a customer", records.tell_parties),
    ("The distributor's terms on price protection", records.tell_terms),
    ("Bought over six weeks; on Friday four to be drop-shipped", records.tell_orders),
    ("The distributor's prices are looked at, as every day", falling.look_before),
    ("Monday's look: one price is lower", falling.look_on_monday),
    ("What was only seen once is not filed", falling.try_to_file),
    ("Tuesday's look: it still is", falling.look_again),
    ("Every unit that the fall reaches, and those it does not", claiming.show_exposure),
    ("What to do, by when, and what waiting costs", claiming.show_advice),
    ("The claim is filed", claiming.file),
    ("The distributor has it, and says yes", crediting.answer),
    ("The credit memo comes short", crediting.credit_short),
    ("The rest comes", crediting.credit_rest),
    ("The customer has her share", crediting.pass_on),
    ("What was owed, and what became of it", crediting.show_ledger),
)


def _begin(scene: Scene) -> Sequence[Step]:
    tale = Tale(scene)
    return [Step(title, partial(do, tale)) for title, do in _STEPS]


CHAPTER = Chapter(
    name="silent-price-drop",
    title="The silent price drop",
    lede=(
        "Ordered on Friday, drop-shipped, and on Monday the vendor cuts the price without a word. "
        "Who notices, which units earn the difference, by when, and what of it is the customer's?"
    ),
    begin=_begin,
)
