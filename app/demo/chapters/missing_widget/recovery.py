"""How it ends: what settles the weight, what the vendor sends at last, and what was owed."""

from app.demo.calls import Answer
from app.demo.chapters.missing_widget import carriage
from app.demo.chapters.missing_widget.dispute import show_judgement
from app.demo.chapters.missing_widget.tale import COMPLAINT, Tale
from app.demo.chapters.missing_widget.weights import show_odds, show_readings
from app.demo.drawing import tables
from app.demo.unmet import expect

_KEPT_ON = COMPLAINT + 21
_ALL_STATES = (
    *("conditional", "open", "kept", "broken"),
    *("kept_late", "superseded", "released", "void"),
)

_TOLD = frozenset(
    {
        *("cases.opened", "cases.made_whole", "cases.recovery_closed", "parcels.delivered"),
        *("discrepancies.opened", "discrepancies.weighed", "discrepancies.denied"),
        *("discrepancies.judged", "discrepancies.settled", "obligations.kept_late"),
    }
)


async def weigh_at_hub(tale: Tale) -> None:
    """Send the carrier's own record, asked for since: the dispute is weighed anew by itself."""
    await carriage.weigh(tale, carriage.HUB, (1, "02:20"), ("665", "g"), ("5", "g"))

    async def decided() -> Answer | None:
        verdict = (await tale.discrepancy())["verdict"]
        return verdict if verdict["at_last_weighing"]["support"] != "inconclusive" else None

    verdict = await tale.scene.until("the weights to decide", decided)
    expect("the verdict at the hub", verdict["at_last_weighing"]["support"], "supports_full")
    expect("the verdict on what was shipped", verdict["shipped"]["support"], "supports_full")
    expect("a ground against her", verdict["is_ground_against_non_receipt"], False)
    tale.verdicts.append(("with the hub's, too", verdict))
    show_readings(tale, verdict)
    show_odds(tale)
    tale.scene.say(verdict["sentence"])
    tale.scene.say(verdict["unobserved"])
    priors = verdict["at_last_weighing"]["stands_for_priors"]
    tale.scene.say(
        f"It would stand for whoever held it up to {priors['most']:.0%} likely beforehand that one "
        "was missing."
    )


async def judge_weight_anew(tale: Tale) -> None:
    """Judge the weight again: two were shipped, and it is no ground all the same."""
    denial = await tale.scene.calls.post(
        f"/v1/discrepancies/{tale.discrepancy_id}/denials/{tale.weight_denial_id}/judge", {}
    )
    expect("the weight as a ground", denial["judgement"]["applicable"], "no")
    expect("how often it was judged", len(denial["judgements"]), 2)
    show_judgement(tale, denial)


async def keep(tale: Tale) -> None:
    """Settle with what came at last: the promise was kept, late."""
    parcel = await carriage.deliver_the_second(tale)
    told = await tale.scene.calls.post(
        f"/v1/discrepancies/{tale.discrepancy_id}/settle",
        {
            "settlement": "reshipped",
            "quantity": 1,
            "obligation_id": tale.promise_id,
            "at": parcel["delivered_at"],
            "by_name": "Ana Ruiz",
            "reference": parcel["tracking_number"],
        },
    )
    expect("the dispute", (told["state"], told["settlement"]), ("settled", "reshipped"))
    owed = await tale.scene.calls.get(f"/v1/obligations/{tale.promise_id}")
    expect("the promise", owed["state"], "kept_late")
    loss = await tale.scene.calls.get(f"/v1/losses/{tale.loss_id}")
    expect("what is left of the loss", loss["remaining_quantity"], 0)
    late = tale.at(_KEPT_ON, "00:00") - tale.at(COMPLAINT + 3, "00:00")
    tale.scene.say(
        f"Delivered {parcel['delivered_at'][:10]}, {late.days} days late: {tale.carrier} "
        f"{parcel['tracking_number']}. Nothing of the loss is left."
    )


async def close(tale: Tale) -> None:
    """Close the recovery, then the case."""
    calls = tale.scene.calls
    case = await calls.post(
        f"/v1/cases/{tale.case_id}/close-recovery",
        {"outcome": "recovered", "at": tale.told(_KEPT_ON + 1, "09:00")},
    )
    expect("the recovery", (case["recovery"], case["recovery_outcome"]), ("done", "recovered"))
    case = await calls.post(f"/v1/cases/{tale.case_id}/close", {"reason": "resolved"})
    expect("the case", case["state"], "closed")
    await _show_timeline(tale)


async def _show_timeline(tale: Tale) -> None:
    """Check that the case's timeline has it all, once the last event has its place in the log."""

    async def told() -> list[str] | None:
        page = await tale.scene.calls.get(f"/v1/cases/{tale.case_id}/timeline", limit=200)
        types = [each["type"] for each in page["items"]]
        return types if "cases.closed" in types else None

    types = await tale.scene.until("the case's end in its timeline", told)
    expect("what the timeline lacks", sorted(_TOLD - set(types)), [])
    tale.scene.say(f"The case's timeline tells all of it: {len(types)} events.")


async def show_ledger(tale: Tale) -> None:
    """Show who owed whom what, and what became of it."""
    page = await tale.scene.calls.get(
        "/v1/obligations", case_id=tale.case_id, state=list(_ALL_STATES), limit=200
    )
    rows = sorted(page["items"], key=lambda each: each["number"])
    still = [each["number"] for each in rows if each["state"] in {"open", "broken"}]
    expect("what is still owed", still, [])
    tale.scene.show(tables.ledger(rows))
