"""A vendor charges for what was not returned, and the proof says whether that is so."""

import asyncio
import io

import pypdfium2

from tests.claims.room import SERIAL, said
from tests.replacements.room import BACK


async def test_what_the_proof_contradicts_is_disputed_by_itself_until_it_is_credited(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    await desk.charge()
    now = await desk.shown(told)
    assert (now["state"], now["charge"]) == ("charge_disputed", "charge_disputed")
    (charge,) = now["charges"]
    assert (charge["state"], charge["is_contradicted"], charge["named_by"]) == (
        "charge_disputed",
        True,
        "rma",
    )
    assert "delivered it under 1Z999AA10600 on 2026-03-09" in charge["why"]
    refund = await desk.debt(told, "refund")
    assert (refund["kind"], refund["state"], refund["debtor"]["key"]) == (
        "pay_money",
        "open",
        "bigdist",
    )
    assert refund["amount"] == {"amount": "310.00", "currency": "USD"}

    await desk.memo()
    over = await desk.shown(told)
    assert (over["state"], over["outcome"], over["is_open"]) == (
        "charge_reversed",
        "charge_reversed",
        False,
    )
    assert over["charges"][0]["refund_state"] == "kept"
    assert (await desk.claim_of(told))["settlement"] == "replaced"


async def test_a_charge_that_nothing_contradicts_stands(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge(issued_on="2026-04-06")
    now = await desk.shown(told)
    assert now["state"] == "charged"
    assert now["charges"][0]["why"] == "Nothing shows that it went back."
    assert "refund" not in [due["purpose"] for due in now["dues"]]


async def test_a_charge_before_its_day_is_contradicted_by_the_terms(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge(issued_on="2026-04-01")
    (charge,) = (await desk.shown(told))["charges"]
    assert charge["state"] == "charge_disputed"
    assert "before 2026-04-03 is over nothing may be charged" in charge["why"]


async def test_a_closed_one_that_is_charged_all_the_same_is_disputed(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    await desk.till("2026-03-10T10:00:00Z")
    over = await desk.step(told, "return/received", said("2026-03-10T09:00:00Z", serials=[SERIAL]))
    assert over["state"] == "closed"
    await desk.charge()
    now = await desk.shown(told)
    assert (now["state"], now["is_open"]) == ("charge_disputed", True)
    assert "the vendor itself says" in now["charges"][0]["why"]


async def test_proof_that_comes_late_disputes_a_charge_that_stood(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge()
    assert (await desk.shown(told))["state"] == "charged"
    body = {"tracking_number": BACK, "carrier": "UPS", "sent_at": "2026-03-06T15:00:00Z"}
    await desk.step(told, "return/parcels", body)
    await desk.deliver(BACK, "2026-03-09T15:00:00Z")
    now = await desk.shown(told)
    assert (now["state"], now["return_leg"]) == ("charge_disputed", "delivered_to_vendor")


async def test_what_arrived_after_it_was_charged_is_no_contradiction(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge()
    await desk.till("2026-04-10T10:00:00Z")
    await desk.sent_back(told, at="2026-04-07T15:00:00Z")
    await desk.deliver(BACK, "2026-04-09T15:00:00Z")
    now = await desk.shown(told)
    assert now["state"] == "charged"
    assert "a credit can be asked for" in now["charges"][0]["why"]
    charge = now["charges"][0]["id"]
    body = {"by_name": "Ana Ruiz", "words": "You have it now; please credit it."}
    mine = await desk.step(told, f"charges/{charge}/dispute", body)
    assert (mine["state"], mine["charges"][0]["decided"]["what"]) == (
        "charge_disputed",
        "disputed",
    )
    await desk.memo()
    assert (await desk.shown(told))["state"] == "charge_reversed"


async def test_a_dispute_of_what_never_arrived_does_not_ask_for_proof_of_that(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge()
    charge = (await desk.shown(told))["charges"][0]["id"]
    body = {"by_name": "Ana Ruiz", "words": "Its carrier lost it, at your risk."}
    await desk.step(told, f"charges/{charge}/dispute", body)
    printed = await desk.client.get(f"/v1/replacements/{told['id']}/dispute.pdf")
    document = pypdfium2.PdfDocument(io.BytesIO(printed.content))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "Please credit the amount in full" in text
    assert "did not reach" not in text


async def test_a_charge_that_we_accept_is_paid_and_the_unit_is_ours(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge()
    charge = (await desk.shown(told))["charges"][0]["id"]
    body = {"by_name": "Ana Ruiz", "words": "It was thrown away on site."}
    over = await desk.step(told, f"charges/{charge}/accept", body)
    assert (over["state"], over["charge"], over["outcome"]) == (
        "closed",
        "charge_accepted",
        "charge_accepted",
    )
    assert (await desk.debt(told, "return"))["state"] == "released"
    # The vendor's own paper settles what we owe by it.
    assert (await desk.debt(told, "payment"))["state"] in {"kept", "kept_late"}


async def test_of_two_who_decide_about_a_charge_at_once_exactly_one_does(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.charge()
    charge = (await desk.shown(told))["charges"][0]["id"]
    body = {"by_name": "Ana Ruiz", "words": "So it is."}
    disputes = [desk.swap(told, f"charges/{charge}/dispute", body) for _ in range(3)]
    answers = await asyncio.gather(*disputes)
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    (problem,) = {each.json()["type"] for each in answers if each.status_code == 409}
    assert problem == "/problems/no-such-charge-state"


async def test_a_paper_that_the_vendor_takes_back_is_reversed(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    await desk.charge()
    paper = await desk.read("vendor-documents/NRC-1")
    names = ("kind", "vendor", "number", "issued_on", "currency", "references", "lines")
    document = {name: paper[name] for name in names} | {"cancelled_at": "2026-04-06T12:00:00Z"}
    await desk.erp.tell("vendor-documents/NRC-1", document)
    await desk.run_jobs()
    assert (await desk.shown(told))["state"] == "charge_reversed"


async def test_a_charge_that_names_another_unit_is_not_of_this_one(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    await desk.charge(rma="RMA 8123", serials=["SOMETHING ELSE"])
    assert (await desk.shown(told))["charges"] == []
    await desk.charge(key="NRC-2", claim=f"Not returned, your {told['number']}")
    (charge,) = (await desk.shown(told))["charges"]
    assert (charge["number"], charge["named_by"]) == ("NRC-2", "number")


async def test_a_parcel_too_light_for_the_unit_proves_nothing(desk):
    product = {"name": "R900", "manufacturer": "acme"}
    weight = {"unit_weight": {"weight": {"value": "4.2", "unit": "kg"}, "source": "catalog"}}
    answer = await desk.erp.put("products/R900", product | weight)
    assert answer.is_success, answer.text
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    parcel = (await desk.shown(told))["parcels"][-1]["parcel_id"]
    await desk.till("2026-03-09T17:00:00Z")
    weighing = {
        "weight": {"value": "0.9", "unit": "kg"},
        "weighed_at": "2026-03-09T16:00:00Z",
        "weighed_by": "The dock of Big Dist",
        "scale": {"name": "Dock 4", "resolution": {"value": "10", "unit": "g"}},
    }
    answer = await desk.client.post(f"/v1/parcels/{parcel}/weighings", json=weighing)
    assert answer.is_success, answer.text
    await desk.run_jobs()
    proof = await desk.read(f"replacements/{told['id']}/proof")
    assert (proof["weight"], proof["delivered_at"]) == ("too_light", "2026-03-09T15:00:00Z")
    await desk.charge()
    (charge,) = (await desk.shown(told))["charges"]
    assert (charge["state"], charge["is_contradicted"]) == ("charged", False)


async def test_the_dispute_is_printed_with_its_proof(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    missing = await desk.client.get(f"/v1/replacements/{told['id']}/dispute.pdf")
    assert (missing.status_code, missing.json()["type"]) == (409, "/problems/nothing-disputed")
    await desk.charge()
    one = await desk.client.get(f"/v1/replacements/{told['id']}/dispute.pdf")
    again = await desk.client.get(f"/v1/replacements/{told['id']}/dispute.pdf")
    assert (one.status_code, one.headers["content-type"]) == (200, "application/pdf")
    assert one.content == again.content
    document = pypdfium2.PdfDocument(io.BytesIO(one.content))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    for words in (SERIAL, BACK, "RMA 8123", "310.00 USD", told["number"], "Terms of sale"):
        assert words in text, words
