"""Tables of the ledger: who owes whom what, and which rights of ours have ended."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.table import Table

_STATES = {"kept": "green", "kept_late": "yellow", "open": "cyan", "broken": "red"}


def ledger(obligations: Iterable[Mapping[str, Any]]) -> Table:
    """Draw debts as they stand."""
    table = Table(box=box.SIMPLE_HEAD, title="The ledger", title_justify="left")
    for name in ("who owes", "whom", "what", "due", "state", "ground"):
        table.add_column(name, no_wrap=name in {"due", "state"})
    for each in obligations:
        state = each["state"]
        table.add_row(
            party(each["debtor"]),
            party(each["creditor"]),
            _what(each),
            str(each["due_at"] or "no date")[:10],
            f"[{_STATES.get(state, 'default')}]{state.replace('_', ' ')}[/]{_contested(each)}",
            f"{each['ground']['kind']}: {_short(each['ground']['text'])}",
        )
    return table


def party(told: Mapping[str, Any]) -> str:
    """Return who it is."""
    return "we" if told["kind"] == "us" else f"{told['kind']} {told['key']}"


def _what(each: Mapping[str, Any]) -> str:
    amount = each["amount"]
    owed = f"{amount['amount']} {amount['currency']}" if amount else f"{each['quantity']} x"
    return f"{owed} {each['description'] or each['kind'].replace('_', ' ')}"


def _contested(each: Mapping[str, Any]) -> str:
    return "\ncontested" if each["contested_at"] else ""


def _short(text: str, most: int = 48) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
