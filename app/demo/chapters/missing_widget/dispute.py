"""The vendor's side: the dispute, the promise, and the grounds on which it is taken back."""

from decimal import Decimal

from app.demo.calls import Answer
from app.demo.chapters.missing_widget.tale import COMPLAINT, Tale
from app.demo.chapters.missing_widget.weights import show_readings
from app.demo.unmet import expect

_WEIGHT = "The package weight says two were shipped."
_POLICY = "And our return policy is 30 days."


async def open_discrepancy(tale: Tale) -> None:
    """Open the dispute: a loss, rights of ours that end, and what the weights say so far."""
    told = await tale.scene.calls.post(
        "/v1/discrepancies",
        {
            "case_id": tale.case_id,
            "kind": "short_shipment",
            "shipment": tale.shipment,
            "lines": [{"order": tale.line, "quantity": 1}],
            "vendor_told_at": tale.told(COMPLAINT, "15:40"),
        },
    )
    tale.discrepancy_id = told["id"]
    loss = told["lines"][0]["loss"]
    tale.loss_id = loss["id"]
    worth = loss["remaining_value"]
    lost = (loss["remaining_quantity"], Decimal(worth["amount"]))
    expect("what was lost", lost, (1, Decimal("129.00")))
    tale.scene.say(f"{told['number']}: one unit lost, {lost[1]:.2f} {worth['currency']}.")
    expect_rights_to_be_over(tale, told)
    verdict = told["verdict"]
    expect("the verdict", verdict["at_last_weighing"]["support"], "inconclusive")
    tale.verdicts.append(("with the dock's scale", verdict))
    show_readings(tale, verdict)
    tale.scene.say(verdict["sentence"])
    helps = verdict["would_help"][0]
    tale.scene.say(f"What would settle it: {helps['sentence']}")


def expect_rights_to_be_over(tale: Tale, told: Answer) -> None:
    """Check that notice windows are shown, and that they are over."""
    known = [each for each in told["deadlines"] if each["last_on"]]
    rights = {each["right"] for each in known}
    expect("rights with a known end", "report_shortage" in rights, True)
    expect("rights that are not over", [e["right"] for e in known if not e["has_passed"]], [])
    ended = "; ".join(
        f"{each['right'].replace('_', ' ')}, {each['window']}: until {each['last_on']}"
        for each in known
    )
    tale.scene.say(f"Too late for all of these. {ended[0].upper()}{ended[1:]}.")
    if told["filing"]:
        tale.scene.say(told["filing"]["why"])


async def promise(tale: Tale) -> None:
    """Record the agent's promise in her words; their time becomes a due time by a stated rule."""
    owed = await tale.scene.calls.post(
        "/v1/obligations",
        {
            "kind": "deliver_goods",
            "debtor": tale.them,
            "description": "The second W-240.",
            "quantity": 1,
            "unit_value": {"amount": "129.00", "currency": "USD"},
            "promise": {
                "by_name": "Kim",
                "by_role": "agent",
                "said_at": tale.told(COMPLAINT, "15:40"),
                "channel": "phone",
                "words": "I am so sorry. We will send you the second one in the next few days.",
                "due_words": "in the next few days",
            },
            "about": {
                "case_id": tale.case_id,
                "product": tale.product,
                "shipment": tale.shipment,
            },
            "loss_id": tale.loss_id,
        },
    )
    tale.promise_id = owed["id"]
    said = owed["promise"]
    expect("when it is due", owed["due_at"][:10], tale.told(COMPLAINT + 3, "00:00")[:10])
    tale.scene.say(f"{said['by_name']}, {said['by_role']}, by {said['channel']}: {said['words']!r}")
    tale.scene.say(f"Due {owed['due_at'][:10]}. {said['due_text']}")


async def retract(tale: Tale) -> None:
    """Record what the supervisor says, and what her first ground is worth: the weight."""
    denial = await _deny(tale, "weight", _WEIGHT, retracts=tale.promise_id)
    tale.weight_denial_id = denial["id"]
    owed = await tale.scene.calls.get(f"/v1/obligations/{tale.promise_id}")
    expect("the promise", owed["state"], "open")
    expect("whether it was taken back, on record", owed["contested_at"] is not None, True)
    show_judgement(tale, denial)
    expect("the weight as a ground", denial["judgement"]["applicable"], "no")


async def cite_policy(tale: Tale) -> None:
    """Record her second ground, and what it is worth: the return policy."""
    denial = await _deny(tale, "return_window", _POLICY)
    show_judgement(tale, denial)
    judged = denial["judgement"]
    expect("the return policy as a ground", judged["applicable"], "no")
    best = judged["next_best"]
    expect("the next-best ground", best["ground"], "shortage_notice_window")
    expect("the next-best ground's term", (best["is_term_set"], best["standing"]), (True, "missed"))
    tale.scene.say(
        "What the supervisor could have said and did not: "
        f"{best['ground'].replace('_', ' ')}, {best['applicable']}. {best['why']}"
    )


async def look_at_worklist(tale: Tale) -> None:
    """See that the promise's day went by: nobody had to remember it."""
    page = await tale.scene.calls.get("/v1/obligations", case_id=tale.case_id, overdue=True)
    expect("what is overdue", [each["id"] for each in page["items"]], [tale.promise_id])
    expect("whether it is contested", page["items"][0]["contested_at"] is not None, True)
    tale.scene.say(page["items"][0]["attention"])


async def _deny(tale: Tale, ground: str, words: str, retracts: str | None = None) -> Answer:
    return await tale.scene.calls.post(
        f"/v1/discrepancies/{tale.discrepancy_id}/denials",
        {
            "by": {"vendor": tale.vendor, "role": "distributor"},
            "by_name": "Pat Doyle",
            "by_role": "supervisor",
            "said_at": tale.told(COMPLAINT + 2, "10:15"),
            "channel": "phone",
            "words": words,
            "ground": ground,
            "retracts": retracts,
        },
    )


def show_judgement(tale: Tale, denial: Answer) -> None:
    """Show a ground as it was said, and what it is worth; of the promise above it, the first time.

    The judgement's own words end with those on the promise.
    """
    judged = denial["judgement"]
    above = judged["outweighed"]["why"]
    tale.scene.say(f"{denial['by_name']}, {denial['by_role']}: {denial['words']!r}")
    applicable = {"no": "no ground", "yes": "a ground", "unknown": "open"}[judged["applicable"]]
    tale.scene.say(f"Judged {applicable}: {judged['why'].removesuffix(above).strip()}")
    if not tale.has_shown_promise:
        tale.scene.say(above)
    tale.has_shown_promise = True
