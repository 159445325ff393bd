"""A statement as a table, for spreadsheets."""

import csv
import io

from app.accounts import statement_words as words
from app.accounts.statement_schemas import StatementOut

# What a spreadsheet would take for a formula, and run.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("number", "kind", "description", "ground_kind", "ground", "evidence", "owed", "outstanding"),
    *("currency", "value", "value_currency", "is_at_cost", "counted", "counted_beside"),
    *("opened_on", "due_on", "days_overdue", "age", "contested_on", "purchase_order", "line"),
    *("rma", "serial", "product", "shipment", "obligation_id"),
)


def render(statement: StatementOut) -> bytes:
    """Return the lines as CSV: UTF-8 with its mark, commas, amounts with a point."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in statement.lines:
        told = line.model_dump(mode="json") | {
            "ground": words.ground(line),
            "evidence": words.evidence(line),
            "due_on": line.due_at.date().isoformat() if line.due_at else None,
            "contested_on": line.contested_at.date().isoformat() if line.contested_at else None,
        }
        writer.writerow([_cell(told[name]) for name in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
