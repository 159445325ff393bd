"""A carrier's tariff: by when it must be told and claimed from, and who may do so at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.windows import Anchor, AnswerWindow, Dates, Sourced, Window, words

_ANCHORS = frozenset({Anchor.SHIPMENT, Anchor.DELIVERY, Anchor.SCHEDULED_DELIVERY})


class TariffKind(StrEnum):
    """For what the tariff sets its windows."""

    DAMAGE_OR_MISSING_CONTENTS = "damage_or_missing_contents"
    NON_DELIVERY = "non_delivery"


class Filer(StrEnum):
    """As what somebody may claim from a carrier."""

    SHIPPER_OF_RECORD = "shipper_of_record"
    ACCOUNT_HOLDER = "account_holder"
    CONSIGNEE = "consignee"


class Side(StrEnum):
    """Who stands in such a place for one shipment."""

    US = "us"
    VENDOR = "vendor"
    CUSTOMER = "customer"


def _carriers(window: Window) -> Window:
    if window.anchor not in _ANCHORS:
        allowed = ", ".join(sorted(_ANCHORS))
        msg = f"a carrier counts from what it sees: {allowed}"
        raise ValueError(msg)
    return window


def _once(filers: list[Filer]) -> list[Filer]:
    if len(set(filers)) != len(filers):
        msg = "must name each once"
        raise ValueError(msg)
    return sorted(filers)


CarrierWindow = Annotated[Window, AfterValidator(_carriers)]


class Tariff(Sourced):
    """What a carrier's tariff says. Every member may be left out: it is unknown then."""

    report_within: CarrierWindow | None = Field(
        None, description="By when the carrier must be told."
    )
    claim_within: CarrierWindow | None = Field(
        None, description="By when the claim itself must be filed."
    )
    not_before: CarrierWindow | None = Field(
        None, description="Until when the carrier hears no claim yet, because it still searches."
    )
    may_file: (
        Annotated[
            list[Filer],
            Field(min_length=1, json_schema_extra={"uniqueItems": True}),
            AfterValidator(_once),
        ]
        | None
    ) = Field(
        None,
        description="Who may claim from the carrier. Null is unknown.",
        examples=[["shipper_of_record", "account_holder"]],
    )
    acknowledge_within: AnswerWindow | None = Field(
        None, description="By when the carrier must say that it has the claim."
    )
    decide_within: AnswerWindow | None = Field(
        None, description="By when the carrier must pay, decline or offer."
    )


Sides = Mapping[Filer, Side]
"""Who is the shipper of record, the account holder, the consignee of one shipment; as far as
known."""


@dataclass(frozen=True, slots=True)
class Filing:
    """Who can file with the carrier. `is_ours` is None where nobody knows.

    Where it is not us but the vendor, `vendor_owes`: to file by `last_on` is its duty to us.
    """

    is_ours: bool | None
    vendor_owes: bool
    last_on: date | None
    why: str


def filing(
    tariff: Tariff, carrier: str, sides: Sides, dates: Dates, by: Counting = NOBODYS
) -> Filing:
    """Return who may file this shipment's claim with the carrier, and by when."""
    window = tariff.claim_within
    start = dates.get(window.anchor) if window else None
    last_on = window.last_on(start, by) if window and start else None
    until = f"by {last_on}" if last_on else "in time; the last day is unknown"
    if tariff.may_file is None:
        return Filing(
            None, vendor_owes=False, last_on=last_on, why=f"Who may file with {carrier} is unknown."
        )
    places = " or ".join(words(place) for place in tariff.may_file)
    rule = f"With {carrier} the {places} may file"
    holders = [sides.get(place) for place in tariff.may_file]
    if Side.US in holders:
        return Filing(
            True, vendor_owes=False, last_on=last_on, why=f"{rule}: we are, and file {until}."
        )
    if None in holders:
        missing = next(words(place) for place in tariff.may_file if sides.get(place) is None)
        why = f"{rule}; who is the {missing} of this shipment is unknown."
        return Filing(None, vendor_owes=False, last_on=last_on, why=why)
    if Side.VENDOR in holders:
        why = f"{rule}: that is the vendor and not us, so it is the vendor who must file {until}."
        return Filing(False, vendor_owes=True, last_on=last_on, why=why)
    why = f"{rule}: that is our customer and neither us nor the vendor; it must be filed {until}."
    return Filing(False, vendor_owes=False, last_on=last_on, why=why)
