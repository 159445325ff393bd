"""A statement as printed pages: black and white, the same bytes for the same statement."""

import json
from pathlib import Path
from typing import Any

import typst

from app.accounts import statement_words as words
from app.accounts.statement_rules import Age
from app.accounts.statement_schemas import PaperSize, StatementLineOut, StatementOut

_TEMPLATE = Path(__file__).with_name("statement.typ")
_PAPER = {PaperSize.A4: "a4", PaperSize.LETTER: "us-letter"}


def render(statement: StatementOut, paper: PaperSize) -> bytes:
    """Return the pages as a PDF. Only the fonts that come along are used.

    What was told is data to the template, never markup.
    """
    return typst.compile(
        str(_TEMPLATE),
        format="pdf",
        sys_inputs={"paper": _PAPER[paper], "data": json.dumps(_data(statement))},
        ignore_system_fonts=True,
        pdf_tags=False,  # seven times the size and the time
    )


def _data(statement: StatementOut) -> dict[str, Any]:
    off = statement.set_off
    return {
        "vendor": statement.vendor_name,
        "key": statement.vendor,
        "account": statement.our_account_number,
        "company": statement.company_name,
        "day": statement.as_of.strftime("%Y-%m-%d"),
        "moment": statement.as_of.strftime("%Y-%m-%d %H:%M UTC"),
        "ages": [words.AGES[age] for age in Age],
        "sums": [
            {
                "currency": each.currency,
                "ages": [words.figure(getattr(each, age.value)) for age in Age],
                "total": words.figure(each.total),
                "ours": words.figure(each.owed_by_us) if each.owed_by_us else None,
            }
            for each in statement.sums
        ],
        "lines": [_line(line) for line in statement.lines],
        "without_value": statement.without_value,
        "left_out": statement.left_out,
        "set_off": {
            "allowed": off.allowed.value,
            "why": off.why,
            "terms": ", ".join(off.terms),
            "proposals": [
                {
                    "currency": each.currency,
                    "due": words.figure(each.due),
                    "ours": words.figure(each.against_our_debts),
                    "deduct": words.figure(each.to_deduct),
                    "numbers": ", ".join(str(number) for number in each.numbers),
                }
                for each in off.proposals
            ],
        },
        "notice": statement.notice,
    }


def _line(line: StatementLineOut) -> dict[str, Any]:
    return {
        "number": str(line.number),
        "what": words.what(line),
        "ground": words.ground(line),
        "evidence": words.evidence(line),
        "references": words.references(line),
        "opened": line.opened_on.isoformat(),
        "due": line.due_at.date().isoformat() if line.due_at else None,
        "days": line.days_overdue,
        "amount": words.amount(line),
    }
