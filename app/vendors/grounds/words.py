"""The reasons vendors give to refuse, the kinds of claim they refuse, and how a reason holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ClaimKind(StrEnum):
    """What is claimed."""

    SHORT_SHIPMENT = "short_shipment"
    NON_DELIVERY = "non_delivery"
    WRONG_ITEM = "wrong_item"
    OVER_SHIPMENT = "over_shipment"
    DAMAGE = "damage"
    CONCEALED_DAMAGE = "concealed_damage"
    DOA = "doa"
    WARRANTY = "warranty"
    STOCK_RETURN = "stock_return"
    PRICE_PROTECTION = "price_protection"
    SERVICE_FAILURE = "service_failure"


class Ground(StrEnum):
    """Why a vendor refuses."""

    RETURN_WINDOW = "return_window"
    BOX_OPENED = "box_opened"
    NON_RETURNABLE = "non_returnable"
    RESTOCKING_FEE = "restocking_fee"
    RMA_LAPSED = "rma_lapsed"
    WEIGHT = "weight"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    SIGNED_WITHOUT_REMARK = "signed_without_remark"
    CONTACT_THE_CARRIER = "contact_the_carrier"
    SHORTAGE_NOTICE_WINDOW = "shortage_notice_window"
    DAMAGE_NOTICE_WINDOW = "damage_notice_window"
    TIME_LIMIT = "time_limit"
    OUT_OF_WARRANTY = "out_of_warranty"
    NO_RECORD_OF_SALE = "no_record_of_sale"
    MISUSE = "misuse"
    NO_TROUBLE_FOUND = "no_trouble_found"
    MORE_INFORMATION = "more_information"
    PROMISE_NOT_AUTHORIZED = "promise_not_authorized"


class Applicable(StrEnum):
    """Whether a ground holds. `unknown`: something is missing; `not_judged`: nobody has a rule."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not_judged"


class Standing(StrEnum):
    """Whether a term was kept to by us."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a ground says, in the vendor's mouth, and its X12 1294 code where it has one."""

    says: str
    x12: str | None = None


MEANINGS: Mapping[Ground, Meaning] = MappingProxyType(
    {
        Ground.RETURN_WINDOW: Meaning("The time to return goods is over."),
        Ground.BOX_OPENED: Meaning("The box has been opened."),
        Ground.NON_RETURNABLE: Meaning("That product cannot be returned."),
        Ground.RESTOCKING_FEE: Meaning("A restocking fee is kept back."),
        Ground.RMA_LAPSED: Meaning("The return authorisation has lapsed, or there was none."),
        Ground.WEIGHT: Meaning("The package's weight says that all was in it."),
        Ground.PROOF_OF_DELIVERY: Meaning("There is a proof of delivery."),
        Ground.SIGNED_WITHOUT_REMARK: Meaning("It was signed for without a remark."),
        Ground.CONTACT_THE_CARRIER: Meaning("That is the carrier's affair.", "FR"),
        Ground.SHORTAGE_NOTICE_WINDOW: Meaning("What is missing was notified too late."),
        Ground.DAMAGE_NOTICE_WINDOW: Meaning("The damage was notified too late."),
        Ground.TIME_LIMIT: Meaning("The time limit is exceeded.", "RT"),
        Ground.OUT_OF_WARRANTY: Meaning("The warranty has ended."),
        Ground.NO_RECORD_OF_SALE: Meaning("There is no record of the sale.", "NR"),
        Ground.MISUSE: Meaning("It was misused, or changed by somebody."),
        Ground.NO_TROUBLE_FOUND: Meaning("No trouble was found.", "IN"),
        Ground.MORE_INFORMATION: Meaning("More information or a picture is asked for.", "MI"),
        Ground.PROMISE_NOT_AUTHORIZED: Meaning("Who promised it was not allowed to."),
    }
)
