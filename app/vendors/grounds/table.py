"""Which rule judges which ground against which kind of claim: total, and what the API shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.vendors.grounds import of_arrival, of_returns, of_the_sale
from app.vendors.grounds.judgements import Case, Finding
from app.vendors.grounds.words import ClaimKind as Kind
from app.vendors.grounds.words import Ground

Decide = Callable[[Case], Finding]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a ground is judged. Its name is the function's, its words are the docstring's."""

    name: str
    says: str
    decide: Decide


def _rule(decide: Decide) -> Rule:
    says = (decide.__doc__ or "").split("\n\n")[0]
    return Rule(decide.__name__, " ".join(says.split()), decide)


_ARRIVED_SHORT = (Kind.SHORT_SHIPMENT, Kind.WRONG_ITEM)
_DAMAGED = (Kind.DAMAGE, Kind.CONCEALED_DAMAGE)
_UNIT = (Kind.DOA, Kind.WARRANTY)


def _row(otherwise: Decide, *rules: tuple[Iterable[Kind], Decide]) -> Mapping[Kind, Rule]:
    found = dict.fromkeys(Kind, _rule(otherwise))
    for kinds, decide in rules:
        found |= dict.fromkeys(kinds, _rule(decide))
    return MappingProxyType(found)


def _policy(decide: Decide) -> Mapping[Kind, Rule]:
    """Return the row of a ground that only a return by choice can meet."""
    return _row(
        of_returns.not_a_return,
        ([Kind.DOA], of_returns.under_doa_terms),
        ([Kind.STOCK_RETURN], decide),
    )


RULES: Mapping[Ground, Mapping[Kind, Rule]] = MappingProxyType(
    {
        Ground.RETURN_WINDOW: _policy(of_returns.by_return_window),
        Ground.BOX_OPENED: _policy(of_returns.by_opened_box),
        Ground.NON_RETURNABLE: _policy(of_returns.by_non_returnable),
        Ground.RESTOCKING_FEE: _policy(of_returns.by_restocking),
        Ground.RMA_LAPSED: _row(
            of_returns.needs_no_rma, ([Kind.STOCK_RETURN, *_UNIT], of_returns.by_rma)
        ),
        Ground.WEIGHT: _row(
            of_arrival.weight_says_nothing,
            ([*_ARRIVED_SHORT, Kind.NON_DELIVERY], of_arrival.by_weight),
        ),
        Ground.PROOF_OF_DELIVERY: _row(
            of_arrival.arrival_is_beside_the_point,
            ([*_ARRIVED_SHORT, *_DAMAGED, Kind.OVER_SHIPMENT], of_arrival.by_arrival),
            ([Kind.NON_DELIVERY], of_arrival.by_proof),
        ),
        Ground.SIGNED_WITHOUT_REMARK: _row(
            of_arrival.arrival_is_beside_the_point,
            ([*_ARRIVED_SHORT, *_DAMAGED], of_arrival.by_signature),
            ([Kind.NON_DELIVERY], of_arrival.by_proof),
        ),
        Ground.CONTACT_THE_CARRIER: _row(
            of_arrival.not_the_carriers,
            ([Kind.SHORT_SHIPMENT, Kind.NON_DELIVERY, *_DAMAGED], of_arrival.by_risk),
        ),
        Ground.SHORTAGE_NOTICE_WINDOW: _row(
            of_the_sale.another_notice,
            ([*_ARRIVED_SHORT, Kind.NON_DELIVERY], of_the_sale.by_own_notice),
        ),
        Ground.DAMAGE_NOTICE_WINDOW: _row(
            of_the_sale.another_notice, (_DAMAGED, of_the_sale.by_own_notice)
        ),
        Ground.TIME_LIMIT: _row(of_the_sale.by_own_time),
        Ground.OUT_OF_WARRANTY: _row(
            of_the_sale.no_warranty_claim, ([Kind.WARRANTY], of_the_sale.by_warranty)
        ),
        Ground.NO_RECORD_OF_SALE: _row(of_the_sale.by_invoice),
        Ground.MISUSE: _row(of_the_sale.unit_not_in_question, (_UNIT, of_the_sale.by_inspection)),
        Ground.NO_TROUBLE_FOUND: _row(
            of_the_sale.unit_not_in_question, (_UNIT, of_the_sale.by_inspection)
        ),
        Ground.MORE_INFORMATION: _row(of_the_sale.only_a_question),
        Ground.PROMISE_NOT_AUTHORIZED: _row(of_the_sale.by_promise),
    }
)

STRONGEST: Mapping[Kind, tuple[Ground, ...]] = MappingProxyType(
    {
        Kind.SHORT_SHIPMENT: (
            Ground.SHORTAGE_NOTICE_WINDOW,
            Ground.CONTACT_THE_CARRIER,
            Ground.SIGNED_WITHOUT_REMARK,
            Ground.NO_RECORD_OF_SALE,
        ),
        Kind.WRONG_ITEM: (
            Ground.SHORTAGE_NOTICE_WINDOW,
            Ground.SIGNED_WITHOUT_REMARK,
            Ground.NO_RECORD_OF_SALE,
        ),
        Kind.NON_DELIVERY: (
            Ground.SHORTAGE_NOTICE_WINDOW,
            Ground.PROOF_OF_DELIVERY,
            Ground.CONTACT_THE_CARRIER,
            Ground.NO_RECORD_OF_SALE,
        ),
        Kind.OVER_SHIPMENT: (Ground.TIME_LIMIT, Ground.NO_RECORD_OF_SALE),
        Kind.DAMAGE: (
            Ground.DAMAGE_NOTICE_WINDOW,
            Ground.CONTACT_THE_CARRIER,
            Ground.SIGNED_WITHOUT_REMARK,
            Ground.NO_RECORD_OF_SALE,
        ),
        Kind.CONCEALED_DAMAGE: (
            Ground.DAMAGE_NOTICE_WINDOW,
            Ground.CONTACT_THE_CARRIER,
            Ground.SIGNED_WITHOUT_REMARK,
            Ground.NO_RECORD_OF_SALE,
        ),
        Kind.DOA: (Ground.TIME_LIMIT, Ground.NO_TROUBLE_FOUND, Ground.MISUSE, Ground.RMA_LAPSED),
        Kind.WARRANTY: (
            Ground.TIME_LIMIT,
            Ground.MISUSE,
            Ground.NO_TROUBLE_FOUND,
            Ground.RMA_LAPSED,
        ),
        Kind.STOCK_RETURN: (
            Ground.RETURN_WINDOW,
            Ground.NON_RETURNABLE,
            Ground.BOX_OPENED,
            Ground.RMA_LAPSED,
        ),
        Kind.PRICE_PROTECTION: (Ground.TIME_LIMIT, Ground.NO_RECORD_OF_SALE),
        Kind.SERVICE_FAILURE: (Ground.TIME_LIMIT, Ground.NO_RECORD_OF_SALE),
    }
)
"""The grounds that a vendor would do best to name, the strongest first."""
