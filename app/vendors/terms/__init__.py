"""What vendors and carriers grant and ask, by when, and what of it has passed. Pure."""

from app.vendors.terms.carrier import Filer, Filing, Side, Sides, Tariff, TariffKind, filing
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.deadlines import Deadline, Right, carrier_deadlines, vendor_deadlines
from app.vendors.terms.money import SetOff
from app.vendors.terms.remedies import (
    AdvanceReplacement,
    ChargeBasis,
    ChargeModel,
    Condition,
    ReplacementWarranty,
    Security,
    Stage,
)
from app.vendors.terms.stated import Stated, prefer
from app.vendors.terms.templates import TEMPLATES, Target, Template
from app.vendors.terms.vendor import Bearer, Notice, Risk, VendorTerms
from app.vendors.terms.windows import Anchor, Dates, Unit, When, Window, words

__all__ = [
    "NOBODYS",
    "TEMPLATES",
    "AdvanceReplacement",
    "Anchor",
    "Bearer",
    "ChargeBasis",
    "ChargeModel",
    "Condition",
    "Counting",
    "Dates",
    "Deadline",
    "Filer",
    "Filing",
    "Notice",
    "ReplacementWarranty",
    "Right",
    "Risk",
    "Security",
    "SetOff",
    "Side",
    "Sides",
    "Stage",
    "Stated",
    "Target",
    "Tariff",
    "TariffKind",
    "Template",
    "Unit",
    "VendorTerms",
    "When",
    "Window",
    "carrier_deadlines",
    "filing",
    "prefer",
    "vendor_deadlines",
    "words",
]
