"""What the weights say of a discrepancy: asked over all packages, kept, and asked anew."""

from app.discrepancies.weights.judging_weights import weigh
from app.discrepancies.weights.question_schemas import VerdictIn
from app.discrepancies.weights.verdict_schemas import VerdictOut
from tests.discrepancies.room import grams, packed, sent
from tests.orders.documents import content, line, order, package


def support(verdict):
    return verdict["shipped"]["support"], verdict["at_last_weighing"]["support"]


async def happened(room, told, kind):
    await room.run_jobs()
    events = await room.ask("events", subject=f"discrepancies/{told['id']}", limit=200)
    return [event for event in events if event["type"] == f"discrepancies.{kind}"]


async def test_without_a_reading_it_is_inconclusive_and_says_what_would_help(room):
    told = await room.open()
    verdict = told["verdict"]
    assert support(verdict) == ("inconclusive", "inconclusive")
    assert verdict["would_help"]
    assert verdict["would_help"][0]["sentence"] in told["next_steps"]
    assert (verdict["readings"], verdict["last_weighed_at"]) == ([], None)


async def test_a_reading_that_comes_later_is_weighed_by_itself(room):
    told = await room.open()
    weighed = await room.weigh(1600)
    await room.run_jobs()
    verdict = (await room.get(told))["verdict"]
    assert support(verdict) == ("supports_short", "supports_short")
    assert verdict["missing"] == {"PO-1/10": 1}
    (asked,) = verdict["readings"]
    assert (asked["reading_id"], asked["is_contradicted"]) == (weighed["id"], False)
    assert verdict["question"]["packages"][0]["tare"] == {"value": "350", "unit": "g"}
    assert verdict["question"]["lines"][0]["spread"] == {"value": "10", "unit": "g"}
    assert verdict["question"]["reported_missing"] == [{"line": "PO-1/10", "quantity": 1}]
    newest, first = await room.list(told, "verdicts")
    assert newest["id"] == verdict["id"]
    assert first["readings"] == []
    assert len(await happened(room, told, "weighed")) == 2


async def test_an_answer_that_stays_the_same_is_kept_and_not_told(room):
    await room.weigh(1600)
    told = await room.open()
    await room.weigh(1610, "2026-02-25T04:00:00Z", scale={"name": "Hub", "resolution": grams(50)})
    await room.run_jobs()
    assert len(await room.list(told, "verdicts")) == 2
    assert len(await happened(room, told, "weighed")) == 1
    # Nothing is known that was not known before.
    again = await room.do(told, "refresh")
    assert again["version"] == (await room.get(told))["version"]
    assert len(await room.list(told, "verdicts")) == 2


async def test_a_kept_verdict_can_be_recomputed_from_what_is_kept_with_it(room, settings):
    await room.weigh(1600)
    await room.deliver()
    told = await room.open()
    verdict = told["verdict"]
    # By whoever asks:
    asked = await room.client.post("/v1/verdicts", json=verdict["question"])
    assert asked.status_code == 200, asked.text
    anew = asked.json()
    assert {name: verdict[name] for name in anew} == anew
    # And by the model itself.
    question = VerdictIn.model_validate(verdict["question"]).question()
    answer = VerdictOut.model_validate(weigh(question, settings.verdicts)).model_dump(mode="json")
    assert {name: verdict[name] for name in answer} == answer
    assert verdict["model"] == "1"
    assert verdict["question"]["delivered_at"] == "2026-02-27T20:00:00Z"


async def test_another_prior_can_be_asked_for(room):
    told = await room.open()
    verdict = await room.do(told, "verdicts", {"prior": 0.2})
    assert verdict["question"]["prior"] == 0.2
    assert (await room.get(told))["verdict"]["id"] == verdict["id"]
    # It stays: what is known has not changed.
    assert (await room.do(told, "refresh"))["verdict"]["id"] == verdict["id"]
    for wrong in (0, 1, 2, "half"):
        answer = await room.act(told, "verdicts", {"prior": wrong})
        assert answer.status_code == 422
    assert (await room.act({"id": told["case"]["id"]}, "verdicts", {})).status_code == 404


async def test_a_damage_is_not_weighed(room):
    told = await room.open(await room.case(kind="damage"), kind="damage")
    answer = await room.act(told, "verdicts", {})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-to-weigh")
    assert await room.list(told, "verdicts") == []


async def test_readings_that_contradict_each_other_are_named(room):
    # Nothing is put into a parcel on its way: one of them must be wrong, and nobody knows which.
    short = await room.weigh(1600)
    full = await room.weigh(2850, "2026-02-24T18:00:00Z", scale={"name": "Hub"})
    verdict = (await room.open())["verdict"]
    suspects = {each["reading_id"] for each in verdict["readings"] if each["is_contradicted"]}
    assert verdict["contradiction"]
    assert suspects
    assert suspects <= {full["id"], short["id"]}


async def test_one_reading_against_two_is_explained_as_an_outlier(room):
    await room.weigh(2850)
    odd = await room.weigh(9000, "2026-02-24T18:00:00Z")
    await room.weigh(2850, "2026-02-24T20:00:00Z")
    verdict = (await room.open())["verdict"]
    assert [each["reading_id"] for each in verdict["readings"] if each["is_contradicted"]] == [
        odd["id"]
    ]
    assert verdict["contradiction"]
    assert verdict["at_last_weighing"]["support"] == "supports_full"


async def test_it_is_asked_over_all_packages_of_the_shipment(room):
    await room.erp.tell(
        "shipments/S-1",
        sent(packed(content(1)), packed(content(1), content(5, "20"), key="2", tracking="1Z2")),
    )
    await room.run_jobs()
    await room.weigh(1600)
    await room.weigh(350 + 5 * 1250, tracking="1Z2")
    verdict = (await room.open())["verdict"]
    assert [each["key"] for each in verdict["question"]["packages"]] == ["1", "2"]
    assert support(verdict) == ("supports_short", "supports_short")
    assert verdict["missing"] == {"PO-1/10": 1} or verdict["missing"] is None


async def test_packages_that_travel_in_one_parcel_are_weighed_as_one(room):
    await room.erp.tell("shipments/S-1", sent(packed(content(1)), packed(content(1), key="2")))
    await room.run_jobs()
    await room.weigh(2 * 350 + 1250)
    verdict = (await room.open())["verdict"]
    (box,) = verdict["question"]["packages"]
    assert (box["key"], box["contents"]) == ("1+2", [{"line": "PO-1/10", "quantity": 2}])
    assert box["tare"] == {"value": "700", "unit": "g"}
    assert verdict["notes"] == ["Packages 1, 2 travel in one parcel and are weighed as one."]
    assert verdict["at_last_weighing"]["support"] == "supports_short"


async def test_a_weight_that_is_of_several_shipments_is_set_aside_with_why(room):
    await room.erp.tell("shipments/S-2", sent(packed(content(1, "20"))))
    await room.run_jobs()
    weighed = await room.weigh(2850)
    verdict = (await room.open())["verdict"]
    assert verdict["readings"] == []
    (aside,) = verdict["left_out"]
    assert aside["reading_id"] == weighed["id"]
    assert "also carries packages of S-2" in aside["why"]
    assert verdict["at_last_weighing"]["support"] == "inconclusive"


async def test_of_too_many_readings_the_most_telling_are_weighed(room):
    coarse = {"name": "Hub", "resolution": grams(500)}
    for n in range(12):
        await room.weigh(1500, f"2026-02-25T{n:02}:00:00Z", scale=coarse)
    for n in range(8):
        await room.weigh(1600, f"2026-02-24T{n:02}:00:00Z")
    verdict = (await room.open())["verdict"]
    assert (len(verdict["readings"]), len(verdict["left_out"])) == (16, 4)
    steps = [
        reading["resolution"]["value"] for reading in verdict["question"]["packages"][0]["readings"]
    ]
    assert sorted(steps) == ["10"] * 8 + ["500"] * 8
    assert {each["why"] for each in verdict["left_out"]} == {
        "16 readings that tell more were weighed."
    }


async def test_of_too_many_packages_those_that_may_hold_it_are_weighed(room):
    others = [line(f"x{n}", quantity=1) for n in range(14)]
    await room.erp.tell("purchase-orders/PO-7", order(*others))
    more = [
        package(content(1, f"x{n}", "PO-7"), key=f"p{n}", tracking_number=f"1ZP{n}", carrier="UPS")
        for n in range(14)
    ]
    await room.erp.tell("shipments/S-1", sent(*more, packed()))
    await room.run_jobs()
    await room.weigh(1600)
    verdict = (await room.open())["verdict"]
    keys = [each["key"] for each in verdict["question"]["packages"]]
    assert (len(keys), keys[-1]) == (12, "1")
    assert "3 packages were left out" in verdict["notes"][0]
    assert verdict["missing"] == {"PO-1/10": 1}


async def test_of_too_many_lines_the_light_ones_count_with_their_box(room):
    light = {"weight": grams(20), "spread": grams(1), "source": "catalog"}
    await room.erp.tell("products/screw", {"name": "Screw", "unit_weight": light})
    others = [line(f"x{n}", product="screw", quantity=1) for n in range(30)]
    await room.erp.tell("purchase-orders/PO-7", order(*others))
    rest = [content(1, f"x{n}", "PO-7") for n in range(30)]
    await room.erp.tell("shipments/S-1", sent(packed(content(2), *rest)))
    await room.run_jobs()
    await room.weigh(350 + 1250 + 30 * 20)
    verdict = (await room.open())["verdict"]
    assert len(verdict["question"]["lines"]) == 20
    assert verdict["question"]["packages"][0]["tare"] == {"value": "570", "unit": "g"}
    assert "holds 31 lines; the 11 lightest" in verdict["notes"][0]
    assert verdict["at_last_weighing"]["support"] == "supports_short"


async def test_a_shipment_told_anew_is_weighed_as_it_was_last_told(room):
    told = await room.open()
    await room.erp.tell("shipments/S-1", sent(packed(content(1, "20"))))
    await room.run_jobs()
    again = await room.do(told, "refresh")
    assert again["verdict"]["id"] == told["verdict"]["id"]
    answer = await room.act(told, "verdicts", {})
    assert answer.status_code == 409
    assert "holds nothing of what is missing" in answer.json()["detail"]


async def test_what_the_erp_tells_later_of_the_shipment_is_weighed_with_by_itself(room):
    await room.erp.tell("shipments/S-1", sent(packed(tare=None)))
    await room.run_jobs()
    await room.weigh(1600)
    told = await room.open()
    assert told["verdict"]["question"]["packages"][0]["tare"] is None
    await room.erp.tell("shipments/S-1", sent())
    await room.run_jobs()
    verdict = (await room.get(told))["verdict"]
    assert verdict["question"]["packages"][0]["tare"] == {"value": "350", "unit": "g"}
