"""What orders and shipments may not contradict. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.problems import Malformed, Problem

_LONGEST_SERIAL = 200
_RMA_WORDS = re.compile(r"^(RMA|RGA|RA)(?=[0-9])")
_DAY = timedelta(days=1)
_MOST_LISTED = 100


class PartyKind(StrEnum):
    """Who somebody is to us."""

    US = "us"
    VENDOR = "vendor"
    CUSTOMER = "customer"


class DocumentKind(StrEnum):
    """What a vendor's paper does to the account between us.

    A credit memo gives. A debit and a charge for what was not returned take. An invoice asks, and
    does neither until it is paid.
    """

    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    DEBIT = "debit"
    NON_RETURN_CHARGE = "non_return_charge"


class LineHasShipments(Problem):
    """A line that was shipped cannot be removed, or shrunk below what was shipped of it.

    `errors` says for each such line how much was shipped, in which shipments, and the least
    quantity it can have. To end a line, set its `cancelled_at`. A shipment that never happened
    is cancelled first.
    """

    status = 409


class LineOverfilled(Problem):
    """The shipment would bring a line above its ordered quantity.

    `errors` points at each content and says what was ordered, what other shipments hold, and
    what the sum would be.
    """

    status = 409


class SerialRepeated(Problem):
    """A serial number stands twice in one shipment for the same product."""

    status = 409


def serial_lookup(serial: str) -> str:
    """Return the form a serial number is found and compared by: upper case, no blanks."""
    plain = "".join(unicodedata.normalize("NFKC", serial).split())
    return plain.upper()[:_LONGEST_SERIAL]


def rma_lookup(number: str) -> str:
    """Return the form an RMA number is found and compared by: letters and digits, upper case.

    "RMA 8123", "rma-8123" and "8123" are one and the same.
    """
    told = unicodedata.normalize("NFKC", number).upper()
    plain = "".join(each for each in told if each.isalnum())
    return _RMA_WORDS.sub("", plain)[:_LONGEST_SERIAL]


def require_issued(issued_on: date, today: date) -> None:
    """Refuse a paper of a day to come. Raises Malformed."""
    # It may be tomorrow already where the vendor sits.
    if issued_on > today + _DAY:
        detail = "must not lie in the future: it is the day printed on the document"
        raise Malformed(
            "A document cannot have been issued in the future.",
            errors=[{"pointer": "/issued_on", "detail": detail}],
        )


def require_unique(keys: Iterable[tuple[str, Any]], *, noun: str) -> None:
    """Refuse what stands twice among (pointer, key). Raises Malformed."""
    first: dict[Any, str] = {}
    errors: list[dict[str, str]] = []
    for pointer, key in keys:
        if key in first:
            detail = f"names the same {noun} as {first[key]}; name each once"
            errors.append({"pointer": pointer, "detail": detail})
        first.setdefault(key, pointer)
    if errors:
        raise Malformed(f"A {noun} stands there twice; `errors` says where.", errors=errors)


@dataclass(frozen=True, slots=True)
class Shipped:
    """How much of a line one live shipment holds."""

    line_key: str
    shipment_key: str
    quantity: int


def require_kept(quantities: Sequence[tuple[str, int]], shipped: Iterable[Shipped]) -> None:
    """Refuse to remove or shrink lines that were shipped. Raises LineHasShipments.

    `quantities`: key and ordered quantity of each line, in the order of the document.
    """
    by_line: dict[str, list[Shipped]] = defaultdict(list)
    for part in shipped:
        by_line[part.line_key].append(part)
    places = {key: (index, quantity) for index, (key, quantity) in enumerate(quantities)}
    errors: list[dict[str, Any]] = []
    for key, parts in by_line.items():
        total = sum(part.quantity for part in parts)
        index, quantity = places.get(key, (None, 0))
        if quantity < total:
            errors.append(_kept_fault(key, index, total, parts))
    if errors:
        raise LineHasShipments(
            "A line that was shipped cannot be removed, or shrunk below what was shipped; to end "
            "it, set its cancelled_at.",
            errors=errors,
        )


def _kept_fault(
    key: str, index: int | None, total: int, parts: Sequence[Shipped]
) -> dict[str, Any]:
    removed = index is None
    detail = (
        f"line {key!r} is missing, but {total} of it were shipped"
        if removed
        else f"{total} of line {key!r} were shipped; the least quantity is {total}"
    )
    return {
        "pointer": "/lines" if removed else f"/lines/{index}/quantity",
        "detail": detail,
        "line": key,
        "least_quantity": total,
        "shipments": [
            {"key": part.shipment_key, "quantity": part.quantity} for part in parts[:_MOST_LISTED]
        ],
    }


@dataclass(frozen=True, slots=True)
class Filling:
    """What a shipment puts of one line into one package; `pointer` leads to its quantity."""

    pointer: str
    line_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line that a shipment names."""

    line_id: UUID
    product_id: UUID
    order_key: str
    line_key: str
    quantity: int


def require_room(
    fillings: Sequence[Filling], lines: Mapping[UUID, Ordered], elsewhere: Mapping[UUID, int]
) -> None:
    """Refuse to ship more of a line than was ordered. Raises LineOverfilled.

    `elsewhere`: what other live shipments hold, by line.
    """
    here: dict[UUID, int] = defaultdict(int)
    for filling in fillings:
        here[filling.line_id] += filling.quantity
    errors: list[dict[str, Any]] = []
    for filling in fillings:
        line = lines[filling.line_id]
        already = elsewhere.get(line.line_id, 0)
        would_be = already + here[line.line_id]
        if would_be <= line.quantity:
            continue
        most = max(line.quantity - already, 0)
        detail = (
            f"{line.quantity} of line {line.line_key!r} of {line.order_key!r} were ordered and "
            f"{already} are in other shipments; this one can hold {most} at the most, "
            f"and holds {here[line.line_id]}"
        )
        errors.append(
            {
                "pointer": filling.pointer,
                "detail": detail,
                "ordered": line.quantity,
                "shipped_elsewhere": already,
                "would_be": would_be,
            }
        )
    if errors:
        raise LineOverfilled(
            "The shipment holds more of a line than was ordered; cancel or correct the other "
            "shipments, or raise the ordered quantity.",
            errors=errors,
        )


def require_serials_once(serials: Iterable[tuple[str, UUID, str]]) -> None:
    """Refuse a serial that stands twice for one product. Raises SerialRepeated.

    `serials`: pointer, product and serial as told.
    """
    first: dict[tuple[UUID, str], str] = {}
    errors: list[dict[str, str]] = []
    for pointer, product_id, serial in serials:
        named = (product_id, serial_lookup(serial))
        if named in first:
            detail = f"{serial!r} stands at {first[named]} too; one unit is in one package"
            errors.append({"pointer": pointer, "detail": detail})
        first.setdefault(named, pointer)
    if errors:
        raise SerialRepeated("A serial number stands twice in this shipment.", errors=errors)
