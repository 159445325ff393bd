"""A filing as a document for the supplier: CSV, X12 844 as JSON, printed pages."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import typst
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection import rules as notice_rules
from app.price_protection.claims import rules, showing
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.serials import select_serials
from app.price_protection.models import PriceNotice
from app.vendors import service as vendors

_TEMPLATE = Path(__file__).with_name("filing.typ")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FilingPaper(StrEnum):
    """The paper of printed pages."""

    A4 = "a4"
    LETTER = "us-letter"


@dataclass(frozen=True, slots=True)
class Line:
    """Some units of an order line, as the supplier knows them."""

    purchase_order: str
    line: str
    product: str
    name: str
    bought_on: date | None
    units: int
    paid: Decimal
    credit: Decimal
    amount: Decimal
    serials: Sequence[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the filing."""

    number: str
    notice: str
    vendor_number: str | None
    effective_on: date
    amount: Decimal
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing, whole."""

    number: str
    supplier: str
    company: str | None
    currency: str
    amount: Decimal
    filed_at: datetime
    filed_by: str
    claims: Sequence[Claim]


async def gather(session: AsyncSession, filing_id: UUID, company: str | None) -> Filing:
    """Return all that a filing says. Raises NotFound."""
    filing = await showing.get_filing(session, filing_id)
    rows = await session.execute(
        sa.select(PriceClaim, PriceNotice)
        .join(PriceNotice, PriceNotice.id == PriceClaim.notice_id)
        .where(PriceClaim.filing_id == filing.id)
        .order_by(PriceClaim.id)
    )
    claims = [(claim, notice) for claim, notice in rows]
    asked = [claim.id for claim, _ in claims if claim.needs_serials]
    serials = await _serials(session, asked)
    lines = await _lines(session, [claim.id for claim, _ in claims], serials)
    key = (await vendors.keys_of(session, {filing.supplier_id}))[filing.supplier_id]
    supplier = await vendors.get(session, key)
    return Filing(
        number=rules.filing_number(filing.number),
        supplier=supplier.name,
        company=company,
        currency=filing.currency,
        amount=filing.amount,
        filed_at=filing.filed_at,
        filed_by=filing.filed_by,
        claims=[
            Claim(
                number=rules.spoken_number(claim.number),
                notice=notice_rules.spoken_number(notice.number),
                vendor_number=notice.vendor_number,
                effective_on=notice.effective_on,
                amount=claim.amount or Decimal(0),
                lines=lines.get(claim.id, []),
            )
            for claim, notice in claims
        ],
    )


async def _serials(session: AsyncSession, claim_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = await session.execute(select_serials(claim_ids)) if claim_ids else ()
    return {row.purchase_line_id: sorted(row.serials) for row in rows}


async def _lines(
    session: AsyncSession, claim_ids: Sequence[UUID], serials: dict[UUID, list[str]]
) -> dict[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = {}
    for row in await session.execute(showing.select_lines(claim_ids)):
        line = Line(
            purchase_order=row.purchase_order,
            line=row.line,
            product=row.product,
            name=row.product_name,
            bought_on=row.bought_on,
            units=row.quantity,
            paid=row.unit_price,
            credit=row.unit_credit,
            amount=row.amount,
            serials=serials.get(row.purchase_line_id, []),
        )
        found.setdefault(row.claim_id, []).append(line)
    return found


def _plain(value: Decimal) -> str:
    return format(value, "f")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


_HEADER = (
    *("filing", "claim", "notice", "vendor_notice", "effective_on", "purchase_order", "line"),
    *("product", "name", "bought_on", "units", "unit_price", "unit_credit", "amount"),
    *("currency", "serials"),
)


def as_csv(filing: Filing) -> bytes:
    """Return the filing as CSV, one row for each line; the first row names the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for claim in filing.claims:
        for line in claim.lines:
            writer.writerow(
                [
                    *(filing.number, claim.number, claim.notice, _cell(claim.vendor_number or "")),
                    *(claim.effective_on.isoformat(), _cell(line.purchase_order)),
                    *(_cell(line.line), _cell(line.product), _cell(line.name)),
                    line.bought_on.isoformat() if line.bought_on else "",
                    *(line.units, _plain(line.paid), _plain(line.credit), _plain(line.amount)),
                    *(filing.currency, " ".join(_cell(each) for each in line.serials)),
                ]
            )
    return out.getvalue().encode("utf-8-sig")


def as_x12(filing: Filing) -> bytes:
    """Return the filing as the segments of an X12 844, in JSON: no envelope, no separators."""
    segments: list[dict[str, Any]] = [
        _segment("ST", "844", "0001"),
        # 00 original; the day; our number of it.
        _segment("BPA", "00", filing.filed_at.strftime("%Y%m%d"), filing.number),
        _segment("CUR", "BY", filing.currency),
        _segment("N1", "BY", filing.company or ""),
        _segment("N1", "SU", filing.supplier),
    ]
    count = 0
    for claim in filing.claims:
        # Contract or price change the credit rests on, and the day it began.
        segments += [
            _segment("CON", "CT", claim.vendor_number or claim.notice),
            _segment("REF", "CL", claim.number),
            _segment("DTM", "007", claim.effective_on.strftime("%Y%m%d")),
        ]
        for line in claim.lines:
            count += 1
            segments += _line_segments(count, line)
    segments += [
        _segment("AMT", "TT", _plain(filing.amount)),
        _segment("CTT", str(count)),
    ]
    segments.append(_segment("SE", str(len(segments) + 1), "0001"))
    told = {"transaction_set": "844", "filing": filing.number, "segments": segments}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _line_segments(number: int, line: Line) -> list[dict[str, Any]]:
    found = [
        _segment(
            "LIN", str(number), "BP", line.product, "PO", line.purchase_order, "PL", line.line
        ),
        _segment("QTY", "76", str(line.units), "EA"),
        _segment("CTP", "", "INV", _plain(line.paid)),
        _segment("CTP", "", "CRD", _plain(line.credit)),
        _segment("AMT", "1", _plain(line.amount)),
    ]
    if line.bought_on is not None:
        found.append(_segment("DTM", "004", line.bought_on.strftime("%Y%m%d")))
    found += [_segment("REF", "SE", serial) for serial in line.serials]
    return found


def _segment(name: str, *elements: str) -> dict[str, Any]:
    numbered = enumerate(elements, start=1)
    return {"segment": name} | {f"{name}{n:02}": each for n, each in numbered if each}


def as_pdf(filing: Filing, paper: FilingPaper) -> bytes:
    """Return the filing as printed pages. What was told is data to the template, never markup.

    Raises TooLongToPrint.
    """
    count = sum(len(claim.lines) for claim in filing.claims)
    if count > rules.MOST_PRINTED:
        msg = f"It has {count} lines; up to {rules.MOST_PRINTED} are printed."
        raise rules.TooLongToPrint(msg, lines=count)
    return typst.compile(
        str(_TEMPLATE),
        format="pdf",
        sys_inputs={"paper": paper.value, "data": json.dumps(_data(filing))},
        ignore_system_fonts=True,
        pdf_tags=False,
    )


def _data(filing: Filing) -> dict[str, Any]:
    return {
        "number": filing.number,
        "supplier": filing.supplier,
        "company": filing.company,
        "currency": filing.currency,
        "amount": f"{filing.amount:,f}",
        "day": filing.filed_at.strftime("%Y-%m-%d"),
        "by": filing.filed_by,
        "units": sum(line.units for claim in filing.claims for line in claim.lines),
        "claims": [
            {
                "number": claim.number,
                "notice": claim.vendor_number or claim.notice,
                "day": claim.effective_on.isoformat(),
                "amount": f"{claim.amount:,f}",
                "lines": [
                    {
                        "order": f"{line.purchase_order}, line {line.line}",
                        "product": line.product,
                        "name": line.name,
                        "bought": line.bought_on.isoformat() if line.bought_on else "",
                        "units": f"{line.units:,}",
                        "paid": f"{line.paid:,f}",
                        "credit": f"{line.credit:,f}",
                        "amount": f"{line.amount:,f}",
                        "serials": ", ".join(line.serials),
                    }
                    for line in claim.lines
                ],
            }
            for claim in filing.claims
        ],
    }
