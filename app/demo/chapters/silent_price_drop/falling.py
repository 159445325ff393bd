"""A price falls and nobody says so: it is seen, by one look at all prices and by the next."""

import json

from app.demo.calls import Answer
from app.demo.chapters.silent_price_drop.tale import NEW, OLD, Tale
from app.demo.unmet import Unmet, expect

_NDJSON = {"Content-Type": "application/x-ndjson"}
# What the others cost: the third of them is in a promotion from Monday on.
_BEFORE = ("899.995", "310.00", "5.10", "74.00")
_AFTER = ("899.99", "310.00", "5.10", "74.00")


async def look_before(tale: Tale) -> None:
    """Take in the prices of Thursday and of Friday."""
    for day in (-4, -3):
        told = await _look(tale, day, OLD, _BEFORE)
    expect("prices seen again", told["seen_again"], 5)
    tale.scene.say("Five prices, each seen twice: one time from the first look to the last.")


async def look_on_monday(tale: Tale) -> None:
    """Take in Monday's prices; the fall opens a notice by itself."""
    promoted = [(tale.others[1], "promotion", "259.00")]
    await _look(tale, 0, NEW, _AFTER, promoted)

    async def opened() -> Answer | None:
        page = await tale.scene.calls.get("/v1/price-protection/notices", vendor=tale.vendor)
        found = page["items"]
        return found[0] if found and found[0]["computed_at"] else None

    told = await tale.scene.until("a notice of the fall", opened)
    tale.notice_id = told["id"]
    expect("how it is known", (told["origin"], told["state"]), ("detected", "unconfirmed"))
    lines = [(each["product"], each["new_price"]) for each in (await tale.notice())["lines"]]
    expect("what fell", lines, [(tale.router, NEW)])
    tale.scene.say(
        f"{told['number']}: {tale.router} from {OLD} to {NEW} USD. A promotion and a rounding are "
        "no fall."
    )


async def try_to_file(tale: Tale) -> None:
    """See that nothing is asked of the distributor by one sight."""
    calls = tale.scene.calls

    async def computed() -> Answer | None:
        page = await calls.get("/v1/price-protection/claims", notice_id=tale.notice_id)
        return page["items"][0] if page["items"] else None

    claim = await tale.scene.until("what could be claimed", computed)
    tale.claim_id = claim["id"]
    try:
        await _file(tale)
    except Unmet as refusal:
        expect("why not", "/problems/notice-not-confirmed" in refusal.got, True)
    else:
        raise Unmet("a filing", expected="refused", got="filed")
    tale.scene.say(
        f"{claim['number']} could be {claim['computed_amount']} USD. It might be a slip: a second "
        "sight or a person confirms it first."
    )


async def _file(tale: Tale) -> Answer:
    body = {"claim_ids": [tale.claim_id], "by_name": "Ana Ruiz"}
    return await tale.scene.calls.post("/v1/price-protection/filings", body)


async def look_again(tale: Tale) -> None:
    """Take in Tuesday's prices: the second sight confirms the notice."""
    await _look(tale, 1, NEW, _AFTER)

    async def confirmed() -> Answer | None:
        told = await tale.notice()
        return told if told["state"] == "confirmed" and told["is_computed"] else None

    told = await tale.scene.until("the notice to be confirmed", confirmed)
    decided = told["decided"]
    tale.scene.say(f"Confirmed by {decided['by_name']}: {decided['note']}")


async def _look(
    tale: Tale,
    day: int,
    router: str,
    others: tuple[str, ...],
    more: list[tuple[str, str, str]] | None = None,
) -> Answer:
    """Send all prices of one look as one body of lines."""
    seen = [(tale.router, "base", router)]
    seen += [(product, "base", amount) for product, amount in zip(tale.others, others, strict=True)]
    first = {"vendor": tale.vendor, "seen_at": tale.told(day, "06:00"), "source": "Price list"}
    lines = [first]
    lines += [
        {"product": product, "kind": kind, "price": {"amount": amount, "currency": "USD"}}
        for product, kind, amount in seen + (more or [])
    ]
    body = "\n".join(json.dumps(line) for line in lines).encode()
    told = await tale.scene.calls.send("/v1/products/prices", body, _NDJSON)
    expect("prices refused", told["refused"], 0)
    return told
