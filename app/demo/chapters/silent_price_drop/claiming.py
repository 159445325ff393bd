"""What the fall reaches is found, unit by unit, and filed in time."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from app.demo.chapters.silent_price_drop.tale import Tale
from app.demo.unmet import expect


async def show_exposure(tale: Tale) -> None:
    """Show the units that earn the difference, and those left out, each with its reason."""
    page = await tale.scene.calls.get(f"/v1/price-protection/notices/{tale.notice_id}/exposure")
    rows = sorted(page["items"], key=lambda each: (each["bought_on"], each["first_unit"]))
    found = {
        (each["place"], each["reason"], each["quantity"], Decimal(each["amount"])) for each in rows
    }
    wanted = {
        ("on_hand", "before_window", 5, Decimal(0)),
        ("sold", "eligible", 6, Decimal(120)),
        ("on_hand", "eligible", 4, Decimal(80)),
        ("drop_shipped", "eligible", 4, Decimal(80)),
    }
    expect("what is reached, and what is not", found, wanted)
    tale.scene.show(_drawn(rows))


def _drawn(rows: list[Mapping[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("order", "bought", "units", "where on Monday", "earns", "why"):
        table.add_column(name, justify="right" if name in {"units", "earns"} else "left")
    for each in rows:
        table.add_row(
            each["purchase_order"],
            each["bought_on"],
            str(each["quantity"]),
            each["place"].replace("_", " "),
            each["amount"],
            each["why"],
        )
    return table


async def show_advice(tale: Tale) -> None:
    """Show the last day, in the claim and in the worklist."""
    claim = await tale.claim()
    expect(
        "what can be claimed", (claim["computed_amount"], claim["computed_units"]), ("280.00", 14)
    )
    advice = claim["advice"]
    expect("the last day", advice["claim_by_on"], tale.on(30))
    page = await tale.scene.calls.get("/v1/deadlines", toward=f"vendor:{tale.vendor}")
    expect("days in the worklist", [each["last_on"] for each in page["items"]], [tale.on(30)])
    tale.scene.say(
        f"{claim['number']}: {advice['do']} By {advice['claim_by_on']}, in {advice['days_left']} "
        f"days; then {advice['lost_by_waiting']} USD are lost."
    )


async def file(tale: Tale) -> None:
    """File the claim, and write it as the distributor wants it."""
    calls = tale.scene.calls
    body = {"claim_ids": [tale.claim_id], "by_name": "Ana Ruiz", "note": "By its portal."}
    filing = await calls.post("/v1/price-protection/filings", body)
    tale.filing = filing["number"]
    expect("what is filed", filing["amount"], "280.00")
    told = await calls.get(
        f"/v1/price-protection/filings/{filing['id']}/document", format="x12_844"
    )
    pads = [pad for claim in told["con"] for pad in claim["pad"]]
    expect("lines of the document", len(pads), 3)
    expect("its total", told["amt"]["amount"], "280.00")
    due = (await calls.get(f"/v1/obligations/{(await tale.claim())['obligation_id']}"))["due_at"]
    tale.scene.say(
        f"{tale.filing}, {filing['amount']} USD, as pages, CSV or X12 844. BigDist owes it by "
        f"{due[:10]}, by its own terms."
    )
