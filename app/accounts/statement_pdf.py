"""A statement as printed pages: black and white, the same bytes for the same statement."""

import json
from pathlib import Path
from typing import Any

import typst

from app.accounts import statement_words as words
from app.accounts.statement_rules import Age
from app.accounts.statement_schemas import PaperSize, StatementLineOut, StatementOut

_TEMPLATE = Path(__file__).with_name("statement.typ")
# Signs that turn the direction of what follows: an amount must not read from its end.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LONG = 1500  # of characters: such a row may go over pages
_PAPER = {PaperSize.A4: "a4", PaperSize.LETTER: "us-letter"}


def render(statement: StatementOut, paper: PaperSize) -> bytes:
    """Return the pages as a PDF. Only the fonts that come along are used.

    What was told is data to the template, never markup.
    """
    return typst.compile(
        str(_TEMPLATE),
        format="pdf",
        sys_inputs={"paper": _PAPER[paper], "data": _told(statement)},
        ignore_system_fonts=True,
        pdf_tags=False,  # seven times the size and the time
    )


def _told(statement: StatementOut) -> str:
    return json.dumps(_data(statement), ensure_ascii=False).translate(_TURNS)


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
                    "numbers": words.numbers(each.numbers),
                }
                for each in off.proposals
            ],
        },
        "notice": statement.notice,
    }


def _line(line: StatementLineOut) -> dict[str, Any]:
    told = {
        "what": words.what(line),
        "ground": words.ground(line),
        "evidence": words.evidence(line),
        "references": words.references(line),
    }
    return told | {
        "number": str(line.number),
        "is_long": sum(map(len, told.values())) > _LONG,
        "opened": line.opened_on.isoformat(),
        "due": line.due_at.date().isoformat() if line.due_at else None,
        "days": line.days_overdue,
        "amount": words.amount(line),
    }
