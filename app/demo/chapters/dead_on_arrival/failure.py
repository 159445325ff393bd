"""It comes out of its box dead: what it is entitled to, at whose door, and what helps in time."""

from typing import Any

from rich import box
from rich.table import Table

from app.demo.chapters.dead_on_arrival.tale import NEEDED, UNBOXED, Tale
from app.demo.unmet import expect

_TRANSIT_DAYS = 2
_STYLES = {"yes": "green", "no": "red"}


async def report(tale: Tale) -> None:
    """Open the case: dead out of its box, amid a project with a date."""
    case = await tale.scene.calls.post(
        "/v1/cases",
        {
            "customer": tale.customer,
            "kind": "doa",
            "report": "We unpacked the router for the new wing. It does not even light up.",
            "channel": "phone",
            "reported_at": tale.told(UNBOXED, "14:10"),
            "order_line": tale.line,
            "quantity": 1,
            "needed_by": tale.on(NEEDED).isoformat(),
        },
    )
    tale.case_id = case["id"]
    expect("the day it is needed by", case["needed_by"], tale.on(NEEDED).isoformat())
    tale.scene.say(f"{case['number']}: {case['report']!r} The wing opens on {tale.on(NEEDED)}.")


async def ask_entitlements(tale: Tale) -> None:
    """Ask what the unit is entitled to, and which remedy helps by the day it is needed."""
    told = await tale.scene.calls.get(
        "/v1/entitlements",
        serial=f"s/n {tale.serial.lower()}",
        on=tale.on(UNBOXED).isoformat(),
        needed_by=tale.on(NEEDED).isoformat(),
        transit_days=_TRANSIT_DAYS,
    )
    doa = told["doa"]
    expect("dead on arrival", (doa["answer"], doa["door"]["vendor"]), ("yes", tale.maker))
    seller = next(each for each in doa["doors"] if each["vendor"] == tale.seller)
    expect("the distributor's door", (seller["answer"], seller["next"]), ("no", tale.maker))
    tale.scene.say(f"Dead on arrival: {doa['answer']}. {doa['why']}")
    found = {each["remedy"]: each for each in told["remedies"]}
    in_time = {name: each["in_time"] for name, each in found.items()}
    expect("what is in time", in_time, {"advance_replacement": "yes", "depot_repair": "no"})
    expect("what helps best", told["best"], "advance_replacement")
    tale.scene.show(_remedies(told["remedies"]))


def _remedies(remedies: list[Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="What helps by when", title_justify="left")
    for name in ("remedy", "on its way", "helps by", "in time"):
        table.add_column(name, no_wrap=name != "on its way")
    for each in remedies:
        steps = "; ".join(f"{step['what']} {step['by'] or '?'}" for step in each["steps"])
        in_time = each["in_time"]
        table.add_row(
            each["remedy"].replace("_", " "),
            steps,
            each["helps_by"],
            f"[{_STYLES.get(in_time, 'default')}]{in_time}[/]",
        )
    return table
