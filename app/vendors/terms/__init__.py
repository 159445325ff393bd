"""What vendors and carriers grant and ask, by when, and what of it has passed. Pure."""

from app.vendors.terms.carrier import Filer, Filing, Side, Sides, Tariff, TariffKind, filing
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.deadlines import Deadline, Right, carrier_deadlines, vendor_deadlines
from app.vendors.terms.money import BoughtOn, Difference, LookBack, SetOff, Stock
from app.vendors.terms.stated import Stated, prefer
from app.vendors.terms.templates import TEMPLATES, Target, Template
from app.vendors.terms.vendor import Bearer, Notice, Risk, VendorTerms
from app.vendors.terms.windows import Anchor, Dates, Unit, When, Window, add_months

__all__ = [
    "NOBODYS",
    "TEMPLATES",
    "Anchor",
    "Bearer",
    "BoughtOn",
    "Counting",
    "Dates",
    "Deadline",
    "Difference",
    "Filer",
    "Filing",
    "LookBack",
    "Notice",
    "Right",
    "Risk",
    "SetOff",
    "Side",
    "Sides",
    "Stated",
    "Stock",
    "Target",
    "Tariff",
    "TariffKind",
    "Template",
    "Unit",
    "VendorTerms",
    "When",
    "Window",
    "add_months",
    "carrier_deadlines",
    "filing",
    "prefer",
    "vendor_deadlines",
]
