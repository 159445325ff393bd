"""What rooms above ask of vendors: who they are, by which terms, and whether a ground holds."""

from app.vendors.calendars import of_parties as calendars_of
from app.vendors.calendars import of_party as calendar_of
from app.vendors.grounds import ClaimKind, Facts
from app.vendors.judging import Deadlines, Door, JudgedDenial, deadlines, judge_denial
from app.vendors.tariff_records import Carriage, TariffInForce, tariff_in_force
from app.vendors.term_records import (
    TermsInForce,
    selling_terms,
    terms_by_role,
    terms_in_force,
)
from app.vendors.vendor_bulk import VENDORS
from app.vendors.vendor_records import get, keys_of, page, record, resolve

__all__ = [
    "VENDORS",
    "Carriage",
    "ClaimKind",
    "Deadlines",
    "Door",
    "Facts",
    "JudgedDenial",
    "TariffInForce",
    "TermsInForce",
    "calendar_of",
    "calendars_of",
    "deadlines",
    "get",
    "judge_denial",
    "keys_of",
    "page",
    "record",
    "resolve",
    "selling_terms",
    "tariff_in_force",
    "terms_by_role",
    "terms_in_force",
]
