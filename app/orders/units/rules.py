"""What a unit is found by, what can be with whom, and what a unit refuses. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.problems import Malformed, Problem
from app.orders.rules import serial_lookup

_LONGEST_SERIAL = 200
# "S/N FOC2213X0AB", "Serial no.: FOC2213X0AB": without a sign or a blank behind them the same
# letters may well begin a serial number.
_MARK = re.compile(
    r"^\s*(?:S\s*/\s*N|SN|SER(?:IAL)?(?:\s*(?:NO|NR|NUMBER|NUM))?)\s*(?:[.:#=\-]+\s*|\s+)",
    re.IGNORECASE,
)
_RMA_WORDS = frozenset({"RMA", "RGA"})
_DAY = timedelta(days=1)
# How far the clock of a caller may run before ours.
_CLOCK_SKEW = timedelta(minutes=5)


class HandRight(StrEnum):
    """In what way a unit is somebody's."""

    OWNER = "owner"
    HOLDER = "holder"
    RISK_BEARER = "risk_bearer"


# In the API's documents another enum goes under this name.
Right = HandRight


class HandKind(StrEnum):
    """Who has a unit. `us` is the reseller."""

    US = "us"
    CUSTOMER = "customer"
    LESSOR = "lessor"
    VENDOR = "vendor"
    CARRIER = "carrier"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who has a unit: a customer or vendor by the ERP's key, others by their names."""

    kind: HandKind
    key: str | None = None

    def __str__(self) -> str:
        return self.kind.value if self.key is None else f"{self.kind.value}:{self.key}"


US = Hand(HandKind.US)


class SerialTaken(Problem):
    """Another unit of the same product has this serial number; `unit` is its key.

    Change that one, or set its `cancelled_at` if it was booked in error.
    """

    status = 409


class UnitWentBack(Problem):
    """A unit with this serial number went back to the vendor; `rma` and `unit` say which and how.

    What is there now is another unit, or the number was misread.
    """

    status = 409


class UnitStandsFast(Problem):
    """What the unit is can no longer be changed: it went back, or stands in for another.

    `errors` points at each. A serial number that was misread belongs to another unit.
    """

    status = 409


class UnitCancelled(Problem):
    """The unit was booked in error: nothing can happen to it."""

    status = 409


class NotGone(Problem):
    """The unit is not with the vendor: what did not go back cannot come back."""

    status = 409


class CannotReplace(Problem):
    """One unit stands in for one other, and none for itself or for what came after it.

    `errors` says what is in the way.
    """

    status = 409


class CannotCorrect(Problem):
    """Only what was told of the same unit and the same right can be corrected, and only once."""

    status = 409


class ImpossibleMove(Problem):
    """It cannot have been then: it lies in the future, or before what it must follow."""

    status = 409


def plain_serial(serial: str) -> str:
    """Return what is left of a serial number whatever signs are written into it.

    Upper case, letters and digits only; where nothing is left, what is there.
    """
    told = unicodedata.normalize("NFKC", serial).upper()
    plain = "".join(each for each in told if each.isalnum())
    return (plain or "".join(told.split()))[:_LONGEST_SERIAL]


def spoken_serials(text: str) -> tuple[str, ...]:
    """Return the plain forms that a serial number, as people write it, can mean.

    "S/N: foc-2213-x0ab" is FOC2213X0AB; it is SNFOC2213X0AB too, which nobody may have.
    """
    told = unicodedata.normalize("NFKC", text)
    bare = _MARK.sub("", told)
    found = [plain_serial(each) for each in (bare, told) if each.strip()]
    return tuple(dict.fromkeys(found))


def packed_forms(text: str) -> tuple[str, ...]:
    """Return the forms in which a serial number may have been told with a package.

    As it is written there, or without the signs that people put between.
    """
    return tuple(dict.fromkeys((serial_lookup(text), *spoken_serials(text))))


def require_order(purchase_order: str | None, line: str | None) -> None:
    """Refuse to look for a line of no order. Raises Malformed."""
    if line is not None and purchase_order is None:
        raise Malformed(
            "The key of a line is its order's own.",
            errors=[
                {"pointer": "query:line", "detail": "say in `purchase_order` whose line it is"}
            ],
        )


def require_past(days: Iterable[tuple[str, date | None]], today: date) -> None:
    """Refuse what is said to have happened on a day to come. Raises Malformed."""
    # It may be tomorrow already where it happened.
    errors = [
        {"pointer": pointer, "detail": "must not lie in the future: it says what has happened"}
        for pointer, day in days
        if day is not None and day > today + _DAY
    ]
    if errors:
        raise Malformed("What has happened cannot lie in the future.", errors=errors)


def require_possible(
    moment: datetime, *, now: datetime, pointer: str, since: datetime | None = None
) -> None:
    """Refuse an instant in the future, or before `since`. Raises ImpossibleMove."""
    fault = None
    if moment > now + _CLOCK_SKEW:
        fault = f"lies in the future: it is {now.isoformat()} here"
    elif since is not None and moment < since:
        fault = f"lies before {since.isoformat()}, which came first"
    if fault:
        raise ImpossibleMove(
            f"It cannot have been at {moment.isoformat()}: that {fault}.",
            errors=[{"pointer": pointer, "detail": fault}],
        )


def went_back(
    *, serial: str, unit: str, rma: str, at: datetime, pointer: str = "/serial"
) -> UnitWentBack:
    """Return the problem of a serial number that is no longer with us."""
    back = f"went back in {spoken_rma(rma)} on {at.date()}"
    return UnitWentBack(
        f"The unit with the serial number {serial!r} {back}.",
        unit=unit,
        serial=serial,
        rma=rma,
        went_back_at=at.isoformat(),
        errors=[{"pointer": pointer, "detail": f"this serial {back}"}],
    )


def spoken_rma(rma: str) -> str:
    """Return an authorisation as people name it: "RMA 8123", whether told with the word or not."""
    return rma if rma[:3].upper() in _RMA_WORDS else f"RMA {rma}"


def taken(*, serial: str, unit: str) -> SerialTaken:
    """Return the problem of two units with one serial number."""
    detail = f"the unit {unit!r} of this product has it; one unit has one key"
    return SerialTaken(
        f"The unit {unit!r} has the serial number {serial!r} already.",
        unit=unit,
        serial=serial,
        errors=[{"pointer": "/serial", "detail": detail}],
    )


def require_same(before: dict[str, Any], after: dict[str, Any], *, why: str | None) -> None:
    """Refuse to make another unit of one that has a past. Raises UnitStandsFast.

    `why`: what happened to it; None: nothing yet.
    """
    changed = [name for name, value in after.items() if before[name] != value]
    if why is not None and changed:
        raise UnitStandsFast(
            f"The unit {why}: its {' and '.join(changed)} can no longer be changed.",
            errors=[
                {"pointer": f"/{name}", "detail": f"stands fast: the unit {why}"}
                for name in changed
            ],
        )


@dataclass(frozen=True, slots=True)
class Link:
    """That one unit stands in for another."""

    old_id: UUID
    new_id: UUID


def require_link(
    wanted: Link, *, of_old: Link | None, of_new: Link | None, before_old: Iterable[UUID]
) -> None:
    """Refuse a second replacement, and a ring. Raises CannotReplace.

    of_old      by what the old unit was replaced already
    of_new      for what the new unit stands in already
    before_old  the units for which the old one stands in, back to the first
    """
    fault = None
    if wanted.old_id == wanted.new_id:
        fault = "a unit cannot stand in for itself"
    elif of_old is not None and of_old.new_id != wanted.new_id:
        fault = "the unit was replaced already, by another one"
    elif of_new is not None and of_new.old_id != wanted.old_id:
        fault = "the replacement stands in for another unit already"
    elif wanted.new_id in set(before_old):
        fault = "the replacement came before the unit that it would replace"
    if fault is not None:
        raise CannotReplace(
            f"This cannot be a replacement: {fault}.",
            errors=[{"pointer": "/replaces", "detail": fault}],
        )
