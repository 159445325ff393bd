"""The missing widget: one of two arrived, she says so four months later, and a promise is made.

The truth of this play: the vendor packed two, and the carrier's hub weighed two. From the hub to
her door no scale speaks. So the vendor is right about what it shipped, late notice is a ground it
forgets to name, and what it owes it owes by its agent's word.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app.demo.chapters.missing_widget import carriage, complaint, dispute, records, recovery
from app.demo.chapters.missing_widget.tale import Tale
from app.demo.scene import Chapter, Scene, Step

_STEPS: tuple[tuple[str, Callable[[Tale], Awaitable[None]]], ...] = (
    ("The ERP tells of a vendor, a widget and a customer", records.tell_parties),
    ("She orders two; they are on back-order, to be drop-shipped", records.tell_order),
    ("The vendor ships them", records.tell_shipment),
    ("Terms: the vendor's own, and templates applied knowingly", records.tell_terms),
    ("Carriers' webhooks get an address and a secret", carriage.register_senders),
    ("The vendor's dock scale weighs the box", carriage.weigh_at_dock),
    ("EasyPost tells of the way", carriage.tell_way),
    ("EasyPost tells of the delivery", carriage.tell_delivery),
    ("Four months later she says that one was missing", complaint.report),
    ("She is made whole the same day", complaint.make_whole),
    ("The dispute is opened", dispute.open_discrepancy),
    ("The vendor's agent promises the second one", dispute.promise),
    ("Her supervisor takes it back: the weight", dispute.retract),
    ("And: the return policy", dispute.cite_policy),
    ("The promise's day goes by", dispute.look_at_worklist),
    ("The carrier's hub finds its own record of the weight", recovery.weigh_at_hub),
    ("The weight is judged again", recovery.judge_weight_anew),
    ("The vendor sends the second one at last", recovery.keep),
    ("The recovery is closed, and the case", recovery.close),
    ("What was owed, and what became of it", recovery.show_ledger),
)


def _begin(scene: Scene) -> Sequence[Step]:
    tale = Tale(scene)
    return [Step(title, partial(do, tale)) for title, do in _STEPS]


CHAPTER = Chapter(
    name="missing-widget",
    title="The missing widget",
    lede=(
        "Two widgets on back-order, drop-shipped; one arrived, and she says so 120 days after "
        "shipping. What did scales really read? What is a promise worth that was taken back?"
    ),
    begin=_begin,
)
