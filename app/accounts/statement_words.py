"""A statement in words and figures, as tables and printed pages show them. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from app.accounts.statement_rules import Age
from app.accounts.statement_schemas import StatementLineOut

AGES = {
    Age.NOT_DUE: "not yet due",
    Age.DAYS_1_30: "1 to 30 days",
    Age.DAYS_31_60: "31 to 60 days",
    Age.DAYS_61_90: "61 to 90 days",
    Age.OVER_90: "over 90 days",
    Age.UNDATED: "no date given",
}
_CENT = Decimal("0.01")
_PAIR = 2


def figure(amount: Decimal) -> str:
    """Return an amount as people read it: 1,234.50."""
    places = ".2f" if amount == amount.quantize(_CENT) else ".4f"
    return format(amount, f",{places}")


def numbers(told: Sequence[int]) -> str:
    """Return numbers in a row, in words: 6, 9 to 12."""
    runs: list[list[int]] = []
    for each in sorted(told):
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    spans = (
        f"{run[0]} to {run[-1]}" if len(run) > _PAIR else ", ".join(map(str, run)) for run in runs
    )
    return ", ".join(spans)


def what(line: StatementLineOut) -> str:
    """Return what is owed, in words."""
    kind = line.kind.replace("_", " ")
    said = line.description or f"{kind[0].upper()}{kind[1:]}"
    if line.currency is None and line.outstanding > 1:
        return f"{said} ({format(line.outstanding.normalize(), 'f')} left)"
    return said


def ground(line: StatementLineOut) -> str:
    """Return why it is owed, in words."""
    if line.promise is not None:
        told = line.promise
        who = " ".join(filter(None, (told.by_name, f"({told.by_role})" if told.by_role else None)))
        how = f"{told.said_at.date()}, {told.channel.replace('_', ' ')}"
        return f"Promised by {who}, {how}: \u201c{told.words}\u201d"
    where = f" [{line.ground_reference}]" if line.ground_reference else ""
    return f"{line.ground_kind.capitalize()}: {line.ground}{where}"


def evidence(line: StatementLineOut) -> str:
    """Return what shows it, and what has come, in words."""
    found = [
        f"{each.performed_at.date()}: {figure(each.value)} came"
        + (f" ({each.reference})" if each.reference else "")
        for each in line.done
    ]
    found += [
        f"invoice {each.number} of {each.issued_on} asks {figure(each.amount)} {each.currency} for "
        "it all the same"
        for each in line.invoices
    ]
    if line.contested_at is not None:
        found.append(f"the promise was taken back on {line.contested_at.date()}; it is still owed")
    if line.file_ids:
        found.append(f"{len(line.file_ids)} file{'s' if len(line.file_ids) > 1 else ''} on record")
    if line.counted_beside is not None:
        found.append(f"not counted in full beside no. {line.counted_beside}")
    told = "; ".join(found)
    return told[:1].upper() + told[1:]


def references(line: StatementLineOut) -> str:
    """Return what it is of, in words."""
    order = f"{line.purchase_order}, line {line.line}" if line.purchase_order else None
    told = (
        ("Order", order),
        ("" if (line.rma or "").upper().startswith("RMA") else "RMA", line.rma),
        ("Serial", line.serial),
        ("Product", line.product),
        ("Shipment", line.shipment),
    )
    return " \u00b7 ".join(f"{name} {value}".strip() for name, value in told if value)


def amount(line: StatementLineOut) -> str:
    """Return what is left, as a figure."""
    if line.value is None or line.value_currency is None:
        return "\u2013"
    cost = " at our cost" if line.is_at_cost else ""
    return f"{figure(line.value)} {line.value_currency}{cost}"
