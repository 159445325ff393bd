"""What happens to vendors, their terms and carriers' tariffs."""

from typing import Any, ClassVar
from uuid import UUID

from app.events import Event


class VendorRecorded(Event):
    """The ERP told us of a vendor, or changed what it told."""

    TYPE: ClassVar[str] = "vendors.recorded"

    vendor_id: UUID
    key: str
    version: int

    def subject(self) -> str:
        """Return the vendor."""
        return f"vendors/{self.vendor_id}"


class VendorTermsRecorded(Event):
    """A vendor's terms were told or changed. `terms` keeps them as they were at this version."""

    TYPE: ClassVar[str] = "vendors.terms_recorded"

    vendor_terms_id: UUID
    vendor_id: UUID
    key: str
    version: int
    terms: dict[str, Any]

    def subject(self) -> str:
        """Return the record of terms."""
        return f"vendor-terms/{self.vendor_terms_id}"


class CarrierTariffRecorded(Event):
    """A carrier's tariff was told or changed. `terms` keeps it as it was at this version."""

    TYPE: ClassVar[str] = "vendors.tariff_recorded"

    carrier_tariff_id: UUID
    carrier: str
    key: str
    version: int
    terms: dict[str, Any]

    def subject(self) -> str:
        """Return the tariff."""
        return f"carrier-tariffs/{self.carrier_tariff_id}"


class CalendarRecorded(Event):
    """A calendar was told or changed. `calendar` keeps it as it was at this version.

    `parties`: whose it is, and whose it was until now.
    """

    TYPE: ClassVar[str] = "vendors.calendar_recorded"

    calendar_id: UUID
    key: str
    version: int
    parties: list[str]
    calendar: dict[str, Any]

    def subject(self) -> str:
        """Return the calendar."""
        return f"calendars/{self.calendar_id}"


class TemplateApplied(Event):
    """Somebody applied a template to a record of terms."""

    TYPE: ClassVar[str] = "vendors.template_applied"

    template_use_id: UUID
    template: str
    record_key: str
    record_version: int
    terms: list[str]

    def subject(self) -> str:
        """Return the use of the template."""
        return f"term-template-uses/{self.template_use_id}"
