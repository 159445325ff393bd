"""An ERP's export of purchase orders, as large as wanted."""

import random
from collections.abc import Iterator
from pathlib import Path

import orjson

PRODUCTS, CUSTOMERS = 500, 2000
LINES = 10


def catalog() -> Iterator[tuple[str, bytes]]:
    """Yield what the orders name, kind by kind."""
    yield "vendors", b'{"key": "bigdist", "name": "Big Dist", "roles": ["distributor"]}\n'
    yield "products", _lines({"key": f"p{n}", "name": f"Product {n}"} for n in range(PRODUCTS))
    yield "customers", _lines({"key": f"c{n}", "name": f"Customer {n}"} for n in range(CUSTOMERS))


def _lines(records: Iterator[dict[str, object]]) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def write_ndjson(path: Path, lines: int) -> None:
    """Write orders of ten lines each, a fifth of them drop-shipped."""
    chance = random.Random(7)
    with path.open("wb") as file:
        for number in range(lines // LINES):
            file.write(orjson.dumps(_order(number, chance)) + b"\n")


def _order(number: int, chance: random.Random) -> dict[str, object]:
    return {
        "key": f"PO-2026-{number:07d}",
        "supplier": "bigdist",
        "ordered_on": "2026-02-20",
        "lines": [_line(number, n, chance) for n in range(LINES)],
    }


def _line(order: int, number: int, chance: random.Random) -> dict[str, object]:
    customer = f"c{chance.randrange(CUSTOMERS)}"
    line: dict[str, object] = {
        "key": str((number + 1) * 10),
        "product": f"p{chance.randrange(PRODUCTS)}",
        "quantity": chance.randrange(1, 20),
        "unit_price": {"amount": f"{chance.randrange(100, 99999) / 100:.2f}", "currency": "USD"},
        "customer_order_number": f"SO-{order:07d}",
    }
    if number % 5:
        return line | {"customer": customer}
    address = {
        "name": f"Customer {customer}",
        "street": [f"{order} Elm Street"],
        "city": "Springfield",
        "region": "IL",
        "postal_code": "62704",
        "country": "US",
    }
    return line | {"drop_ship": {"customer": customer, "address": address}}


def write_csv(path: Path, lines: int) -> None:
    """Write the same as a table: one line of an order on each row."""
    chance = random.Random(7)
    names = (
        *("key", "supplier", "ordered_on", "lines.key", "lines.product", "lines.quantity"),
        *("lines.unit_price.amount", "lines.unit_price.currency", "lines.customer_order_number"),
        *("lines.customer", "lines.drop_ship.customer"),
        *(f"lines.drop_ship.address.{part}" for part in _PARTS),
    )
    with path.open("w") as file:
        file.write(",".join(names) + "\n")
        for number in range(lines // LINES):
            order = _order(number, chance)
            head = f"{order['key']},{order['supplier']},{order['ordered_on']}"
            for line in order["lines"]:  # type: ignore[attr-defined]
                file.write(f"{head},{','.join(_cells(line))}\n")


_PARTS = ("name", "street", "city", "region", "postal_code", "country")


def _cells(line: dict[str, object]) -> list[str]:
    price, drop = line["unit_price"], line.get("drop_ship")
    assert isinstance(price, dict)
    cells = [line["key"], line["product"], line["quantity"], price["amount"], price["currency"]]
    cells += [line["customer_order_number"], line.get("customer", "")]
    if not isinstance(drop, dict):
        return [*map(str, cells), *[""] * (len(_PARTS) + 1)]
    address = {**drop["address"], "street": "|".join(drop["address"]["street"])}
    return [*map(str, cells), drop["customer"], *(address[part] for part in _PARTS)]
