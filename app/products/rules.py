"""What a product is known by, and what a catalog may not contradict."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from app.kit.problems import Malformed, Problem
from app.kit.tracking import normalize_tracking_number
from app.vendors.rules import Role


class PartNumberKind(StrEnum):
    """Whose number it is."""

    MANUFACTURER = "manufacturer"
    DISTRIBUTOR = "distributor"
    UPC = "upc"
    EAN = "ean"
    OURS = "ours"


class WeightSource(StrEnum):
    """Where a unit weight comes from."""

    CATALOG = "catalog"
    MEASURED = "measured"


class ManufacturerRoleMissing(Problem):
    """The vendor named as manufacturer does not play that part; `roles` are those it has."""

    status = 409


def lookup(part_number: str) -> str:
    """Return the form a part number is found by: upper case, no blanks, no dashes."""
    return normalize_tracking_number(part_number)


def require_manufacturer(key: str, roles: Sequence[str]) -> None:
    """Refuse a manufacturer that makes nothing. Raises ManufacturerRoleMissing."""
    if Role.MANUFACTURER in roles:
        return
    detail = (
        f"the vendor {key!r} has the roles {', '.join(roles)}; PUT it with the role manufacturer, "
        "or name the vendor that makes the product"
    )
    raise ManufacturerRoleMissing(
        "The manufacturer is a vendor without the role manufacturer.",
        roles=list(roles),
        errors=[{"pointer": "/manufacturer", "detail": detail}],
    )


def require_once(part_numbers: Iterable[tuple[str, str | None, str]]) -> None:
    """Refuse a number (kind, vendor, number) that is told twice. Raises Malformed."""
    seen: set[tuple[str, str | None, str]] = set()
    errors: list[dict[str, str]] = []
    for index, named in enumerate(part_numbers):
        if named in seen:
            detail = f"{named[2]!r} is there already; name each number once"
            errors.append({"pointer": f"/part_numbers/{index}/number", "detail": detail})
        seen.add(named)
    if errors:
        raise Malformed("A part number is told twice; `errors` says which.", errors=errors)
