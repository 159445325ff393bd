"""A filing as printed pages: black and white, the same bytes for the same filing."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import typst

from app.price_protection.claims import rules
from app.price_protection.claims.documents import Claim, Filing, Line, read_lines
from app.runtime import Runtime

_TEMPLATE = Path(__file__).with_name("filing.typ")
# Signs that turn the direction of what follows: an amount must not read from its end.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LONG = 1500  # of characters: such a row may go over pages


class FilingPaper(StrEnum):
    """The paper of printed pages."""

    A4 = "a4"
    LETTER = "us-letter"


async def render(runtime: Runtime, filing: Filing, paper: FilingPaper) -> bytes:
    """Return the filing as printed pages. What was told is data to the template, never markup.

    Raises TooLongToPrint.
    """
    if filing.lines > rules.MOST_PRINTED:
        msg = f"It has {filing.lines} lines; up to {rules.MOST_PRINTED} are printed."
        raise rules.TooLongToPrint(msg, lines=filing.lines)
    claims: list[dict[str, Any]] = []
    for claim in filing.claims:
        portions = [lines async for lines in read_lines(runtime, filing, claim)]
        claims.append(_claim(claim, [line for lines in portions for line in lines]))
    return await asyncio.to_thread(_printed, _data(filing, claims), paper)


def _printed(data: dict[str, Any], paper: FilingPaper) -> bytes:
    told = json.dumps(data, ensure_ascii=False).translate(_TURNS)
    return typst.compile(
        str(_TEMPLATE),
        format="pdf",
        sys_inputs={"paper": paper.value, "data": told},
        ignore_system_fonts=True,
        pdf_tags=False,  # seven times the size and the time
    )


def _data(filing: Filing, claims: list[dict[str, Any]]) -> dict[str, Any]:
    units = filing.units
    return {
        "number": filing.number,
        "supplier": filing.supplier,
        "company": filing.company,
        "currency": filing.currency,
        "amount": f"{filing.amount:,f}",
        "day": filing.filed_at.strftime("%Y-%m-%d"),
        "by": filing.filed_by,
        "units": f"{units:,} {'unit' if units == 1 else 'units'}",
        "claims": claims,
    }


def _claim(claim: Claim, lines: list[Line]) -> dict[str, Any]:
    return {
        "number": claim.number,
        "notice": claim.vendor_number or claim.notice,
        "day": claim.effective_on.isoformat(),
        "amount": f"{claim.amount:,f}",
        "lines": [_line(line) for line in lines],
    }


def _line(line: Line) -> dict[str, Any]:
    serials = ", ".join(line.serials)
    return {
        "order": f"{line.purchase_order}, line {line.line}",
        "product": line.part or line.product,
        "ours": line.product if line.part else None,
        "name": line.name,
        "bought": line.bought_on.isoformat() if line.bought_on else "",
        "units": f"{line.units:,}",
        "paid": f"{line.paid:,f}",
        "credit": f"{line.credit:,f}",
        "amount": f"{line.amount:,f}",
        "serials": serials,
        "is_long": len(serials) > _LONG,
    }
