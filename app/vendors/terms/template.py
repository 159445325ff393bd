"""What a template of terms is: terms that can be applied, and where they were read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.vendors.terms.carrier import Tariff, TariffKind
from app.vendors.terms.vendor import VendorTerms
from app.vendors.terms.windows import Anchor, Unit, Window

NO_ANCHOR = (
    "What was read names no anchor; shipping is taken, being the earliest and so never too late."
)


class Target(StrEnum):
    """To whom a template applies."""

    VENDOR = "vendor"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Template:
    """Terms that can be applied, and what they are taken from. `caution`: what it does not say."""

    name: str
    title: str
    applies_to: Target
    source: str
    caution: str | None = None
    vendor_terms: VendorTerms | None = None
    tariff: Tariff | None = None
    tariff_kind: TariffKind | None = None

    def label(self) -> str:
        """Return what a term that it set names as its source."""
        return f"template {self.name}, applied by us; not the other side's own words"


def of_vendor(
    name: str, title: str, source: str, terms: VendorTerms, caution: str | None = None
) -> Template:
    """Return a template of vendor terms."""
    return Template(name, title, Target.VENDOR, source, caution, vendor_terms=terms)


def hours(value: int, anchor: Anchor = Anchor.DELIVERY) -> Window:
    """Return a window of hours."""
    return Window(value=value, unit=Unit.HOURS, anchor=anchor)


def days(value: int, anchor: Anchor = Anchor.DELIVERY) -> Window:
    """Return a window of days."""
    return Window(value=value, unit=Unit.DAYS, anchor=anchor)


def months(value: int, anchor: Anchor) -> Window:
    """Return a window of months."""
    return Window(value=value, unit=Unit.MONTHS, anchor=anchor)


def business_days(value: int, anchor: Anchor = Anchor.DELIVERY) -> Window:
    """Return a window of business days."""
    return Window(value=value, unit=Unit.BUSINESS_DAYS, anchor=anchor)


def of_carrier(name: str, title: str, source: str, kind: TariffKind, **more: Any) -> Template:
    """Return a template of a carrier's tariff."""
    caution = more.pop("caution", None)
    return Template(
        name,
        title,
        Target.CARRIER,
        source,
        str(caution) if caution else None,
        tariff=Tariff.model_validate(more),
        tariff_kind=kind,
    )
