"""A statement as a table, for spreadsheets."""

from app.accounts import statement_words as words
from app.accounts.statement_schemas import StatementOut
from app.kit import sheets

COLUMNS = (
    *("number", "kind", "description", "ground_kind", "ground", "evidence", "owed", "outstanding"),
    *("currency", "value", "value_currency", "is_at_cost", "counted", "counted_beside"),
    *("opened_on", "due_on", "days_overdue", "age", "contested_on", "purchase_order", "line"),
    *("rma", "serial", "product", "shipment", "obligation_id"),
)


def render(statement: StatementOut) -> bytes:
    """Return the lines as CSV: UTF-8 with its mark, commas, amounts with a point."""
    rows: list[list[object]] = [list(COLUMNS)]
    for line in statement.lines:
        told = line.model_dump(mode="json") | {
            "ground": words.ground(line),
            "evidence": words.evidence(line),
            "due_on": line.due_at.date().isoformat() if line.due_at else None,
            "contested_on": line.contested_at.date().isoformat() if line.contested_at else None,
        }
        rows.append([told[name] for name in COLUMNS])
    return sheets.MARK + sheets.rows_of(rows)
