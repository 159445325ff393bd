"""What a case says, held against what the ERP told: refused, or taken and remarked upon. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.cases.rules import Kind, State
from app.kit.problems import Problem


class ContradictsOrder(Problem):
    """The case says what the ERP's own records contradict; `errors` points at each.

    More units than were ordered of the line, or a line or a shipment of another customer.
    """

    status = 409


@dataclass(frozen=True, slots=True)
class Line:
    """The order line a case names."""

    name: str
    ordered: int
    customer_id: UUID | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """The shipment a case names; `customers` are those its known contents are for, by id.

    Empty where nobody said what is in it, or for whom.
    """

    key: str
    customers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a case says of the records of the ERP."""

    kind: Kind
    customer_id: UUID
    quantity: int | None
    line: Line | None
    shipment: Shipment | None


def require_consistent(claimed: Claimed) -> None:
    """Refuse what the records contradict, all of it at once. Raises ContradictsOrder."""
    errors = [*_line_faults(claimed), *_shipment_faults(claimed)]
    if errors:
        raise ContradictsOrder(
            "The case contradicts what the ERP told; `errors` points at each.", errors=errors
        )


def _line_faults(claimed: Claimed) -> list[dict[str, Any]]:
    line, quantity = claimed.line, claimed.quantity
    if line is None:
        return []
    errors: list[dict[str, Any]] = []
    if line.customer_id not in {None, claimed.customer_id}:
        detail = f"{line.name} is for another customer, {line.customer!r}"
        errors.append({"pointer": "/order_line", "detail": detail, "customer": line.customer})
    # What came too much has no bound in what was ordered.
    is_bound = claimed.kind is not Kind.OVER_SHIPMENT
    if is_bound and quantity is not None and quantity > line.ordered:
        detail = f"{line.ordered} were ordered of {line.name}; it cannot be about {quantity}"
        errors.append({"pointer": "/quantity", "detail": detail, "ordered": line.ordered})
    return errors


def _shipment_faults(claimed: Claimed) -> list[dict[str, Any]]:
    shipment = claimed.shipment
    if shipment is None or not shipment.customers or claimed.customer_id in shipment.customers:
        return []
    others = sorted(shipment.customers.values())
    detail = f"all of shipment {shipment.key!r} is for other customers"
    return [{"pointer": "/shipment", "detail": detail, "customers": others[:10]}]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a case and its records at the moment it is read."""

    state: State
    needed_by: date | None
    today: date
    is_line_cancelled: bool
    is_shipment_cancelled: bool
    holds_line: bool | None


def remarks(standing: Standing) -> list[dict[str, str]]:
    """Return what is odd and was taken all the same: pointers into the case, and sentences."""
    needed_by, found = standing.needed_by, list[tuple[str, str]]()
    if standing.state is State.OPEN and needed_by is not None and needed_by < standing.today:
        found.append(("/needed_by", "the day it is needed by has passed"))
    if standing.is_line_cancelled:
        found.append(("/order_line", "the line was cancelled"))
    if standing.is_shipment_cancelled:
        found.append(("/shipment", "the shipment was cancelled"))
    elif standing.holds_line is False:
        found.append(("/shipment", "it is not said to hold anything of the line"))
    return [{"pointer": pointer, "detail": detail} for pointer, detail in found]
