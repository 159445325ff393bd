"""The maker's side: a depot, then two refusals that are none, an appeal, and its consent."""

from app.demo.calls import Answer
from app.demo.chapters.dead_on_arrival.tale import UNBOXED, Tale
from app.demo.unmet import expect

_BOX = "The box has been opened."
_POLICY = "And that product can't be returned."


async def offer_depot(tale: Tale) -> None:
    """Keep what the maker's portal shows: a depot, in its own words."""
    text = "Depot repair - est. 10-14 business days"
    seen = {"text": text, "seen_at": tale.told(UNBOXED, "17:30")}
    claim = await tale.act("vendor-status", seen)
    expect("the maker's own word", claim["vendor_status"]["text"], text)
    expect("whether that moved anything", claim["authorization"], "submitted")
    tale.scene.say(f"Its portal: {text!r}. Kept as it reads; it decides nothing.")


async def refuse_for_box(tale: Tale) -> None:
    """Record the first refusal, and what it is worth."""
    denial = await _deny(tale, "box_opened", _BOX, "agent", (UNBOXED + 1, "09:40"))
    expect("an opened box as a ground", denial["judgement"]["applicable"], "no")


async def refuse_by_policy(tale: Tale) -> None:
    """Record the second refusal, and what it is worth."""
    denial = await _deny(tale, "non_returnable", _POLICY, "supervisor", (UNBOXED + 1, "10:05"))
    expect("a return policy as a ground", denial["judgement"]["applicable"], "no")
    tale.scene.say(f"So far: {denial['history']['sentence']}")


async def _deny(tale: Tale, ground: str, words: str, role: str, when: tuple[int, str]) -> Answer:
    told = {
        "at": tale.told(*when),
        "by_name": "Lee Marsh" if role == "agent" else "Robin Vale",
        "by_role": role,
        "channel": "phone",
        "words": words,
        "ground": ground,
    }
    denial = await tale.act("denials", told)
    judged = denial["judgement"]
    tale.scene.say(f"{denial['by_name']}, {denial['by_role']}: {denial['words']!r}")
    tale.scene.say(f"Judged no ground: {judged['why']}")
    return denial


async def appeal(tale: Tale) -> None:
    """Appeal: it goes out with the judgement, in the packet's letter."""
    words = "Please look again. The packet says why."
    said = {"at": tale.told(UNBOXED + 1, "10:30"), "by_name": "Ana Ruiz", "channel": "fax"}
    claim = await tale.act("appeal", {**said, "words": words})
    expect("the claim", claim["authorization"], "appealed")
    page = await tale.scene.calls.get(f"/v1/claims/{tale.claim_id}/denials")
    last = page["items"][-1]
    expect("appeals on record", len(last["appeals"]), 1)
    packet = await tale.scene.calls.fetch(f"/v1/claims/{tale.claim_id}/packet.pdf")
    expect("what the packet is", packet[:5], b"%PDF-")
    tale.scene.say("The packet's letter is now an appeal, and quotes the judgement.")
