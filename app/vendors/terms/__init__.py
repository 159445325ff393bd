"""What vendors and carriers grant and ask, by when, and what of it has passed. Pure."""

from app.vendors.terms.carrier import Filer, Filing, Side, Sides, Tariff, TariffKind, filing
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.deadlines import Deadline, Right, carrier_deadlines, vendor_deadlines
from app.vendors.terms.money import BoughtOn, Difference, LookBack, SetOff, Stock
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
from app.vendors.terms.windows import (
    Anchor,
    Dates,
    Unit,
    When,
    Window,
    add_months,
    anchor_words,
    words,
)

__all__ = [
    "NOBODYS",
    "TEMPLATES",
    "AdvanceReplacement",
    "Anchor",
    "Bearer",
    "BoughtOn",
    "ChargeBasis",
    "ChargeModel",
    "Condition",
    "Counting",
    "Dates",
    "Deadline",
    "Difference",
    "Filer",
    "Filing",
    "LookBack",
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
    "anchor_words",
    "carrier_deadlines",
    "filing",
    "prefer",
    "vendor_deadlines",
    "words",
]
