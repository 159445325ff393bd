"""Grounds: cases as sentences, the next-best ground, and the promise that stands above them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from app.vendors.grounds import (
    MEANINGS,
    RULES,
    STRONGEST,
    Applicable,
    ClaimKind,
    Facts,
    Ground,
    Standing,
)
from app.vendors.terms import (
    Anchor,
    Filer,
    Risk,
    Side,
    Tariff,
    VendorTerms,
    filing,
)
from tests.vendors.ground_cases import (
    CASES,
    DROP_RISK,
    LATE,
    NEVER_ARRIVED,
    OF_RETURNS,
    PROMISE,
    STRICT,
    answer,
    facts,
    full,
    window,
)


@pytest.mark.parametrize("kind", NEVER_ARRIVED)
@pytest.mark.parametrize("ground", OF_RETURNS)
def test_a_thing_that_never_arrived_is_not_a_return_whatever_the_terms(ground, kind):
    found = answer(ground, kind, LATE, STRICT)
    assert found.applicable is Applicable.NO
    assert found.rule == "not_a_return"
    assert "never arrived" in found.why


@pytest.mark.parametrize(
    ("kind", "ground", "known", "terms", "applicable", "words"), CASES.values(), ids=CASES
)
def test_a_ground_is_judged(kind, ground, known, terms, applicable, words):
    found = answer(ground, kind, known, terms)
    assert found.applicable == applicable, found.why
    assert words in found.why
    assert "not legal advice" in found.notice


def test_a_ground_nobody_knows_is_kept_and_not_judged_and_the_next_best_is_told():
    found = answer("mercury is in retrograde", "short_shipment", LATE, STRICT)
    assert found.ground == "mercury is in retrograde"
    assert (found.applicable, found.rule) == (Applicable.NOT_JUDGED, None)
    assert found.next_best.ground is Ground.SHORTAGE_NOTICE_WINDOW


def test_after_the_weight_and_the_return_policy_the_shortage_notice_is_the_next_best_ground():
    for ground in ("weight", "return_window"):
        best = answer(ground, "short_shipment", LATE, STRICT).next_best
        assert best.ground is Ground.SHORTAGE_NOTICE_WINDOW
        assert (best.applicable, best.is_term_set) == (Applicable.YES, True)
        assert best.standing is Standing.MISSED
        assert best.by[0].last_on == date(2026, 1, 17)
        assert best.by[0].source == "Terms of sale"


def test_a_ground_that_holds_is_better_than_one_whose_term_was_met():
    in_time = facts(delivery="2026-01-12", reported="2026-01-13", weighed=full())
    best = answer("weight", "short_shipment", in_time, STRICT).next_best
    assert (best.ground, best.applicable) == (Ground.CONTACT_THE_CARRIER, Applicable.YES)
    met = VendorTerms(
        shortage_notice=STRICT.shortage_notice,
        risk_in_transit=Risk(bearer="vendor", rule="DAP"),
        clean_signature_ends_claims=False,
    )
    known = in_time.model_copy(update={"has_proof_of_purchase": True})
    best = answer("weight", "short_shipment", known, met).next_best
    assert (best.ground, best.applicable) == (Ground.SHORTAGE_NOTICE_WINDOW, Applicable.NO)
    assert best.standing is Standing.MET


def test_the_next_best_ground_says_that_its_term_is_unset():
    best = answer("weight", "short_shipment", LATE).next_best
    assert best.ground is Ground.SHORTAGE_NOTICE_WINDOW
    assert (best.applicable, best.is_term_set) == (Applicable.UNKNOWN, False)
    assert best.standing is Standing.UNKNOWN


def test_the_same_term_under_another_name_is_no_next_best_ground():
    best = answer("time_limit", "short_shipment", LATE, STRICT).next_best
    assert best.ground is not Ground.SHORTAGE_NOTICE_WINDOW


def test_after_an_opened_box_the_doa_window_is_the_next_best_ground():
    late = facts(invoice="2026-01-05", reported="2026-02-05")
    best = answer("box_opened", "doa", late, STRICT).next_best
    assert (best.ground, best.standing) == (Ground.TIME_LIMIT, Standing.MISSED)


def test_a_promise_stands_above_a_ground_that_holds():
    known = LATE.model_copy(update={"promise": PROMISE})
    found = answer("shortage_notice_window", "short_shipment", known, STRICT)
    assert found.applicable is Applicable.YES
    assert found.outweighed.by == "Sam, sales desk"
    assert found.outweighed.taken_back_on == date(2026, 5, 11)
    assert "owed all the same" in found.why
    assert "made in spite of it" in found.why


def test_a_promise_stands_above_the_next_best_ground_too():
    known = LATE.model_copy(update={"promise": PROMISE})
    best = answer("weight", "short_shipment", known, STRICT).next_best
    assert best.applicable is Applicable.YES
    assert "made in spite of it" in best.why


def test_a_promise_made_inside_the_window_was_not_made_in_spite_of_it():
    early = PROMISE.model_copy(update={"made": date(2026, 1, 13)})
    known = LATE.model_copy(update={"promise": early})
    found = answer("shortage_notice_window", "short_shipment", known, STRICT)
    assert "in spite" not in found.why
    assert found.outweighed is not None


def test_a_promise_that_we_released_outweighs_nothing():
    released = PROMISE.model_copy(update={"released": date(2026, 5, 12)})
    known = LATE.model_copy(update={"promise": released})
    assert answer("weight", "short_shipment", known, STRICT).outweighed is None


def test_being_sent_to_a_carrier_that_does_not_hear_us_is_answered_with_the_vendors_duty():
    tariff = Tariff(claim_within=window(9, "months"), may_file=[Filer.SHIPPER_OF_RECORD])
    sides = {Filer.SHIPPER_OF_RECORD: Side.VENDOR}
    filed = filing(tariff, "ups", sides, {Anchor.DELIVERY: date(2026, 1, 12)})
    found = answer("contact_the_carrier", "non_delivery", Facts(), DROP_RISK, filed)
    assert "it is the vendor who must file by 2026-10-12" in found.why


def test_who_must_prove_what_is_always_somebody():
    found = answer("weight", "short_shipment", facts(weighed=full()), STRICT)
    assert {burden.party.value for burden in found.must_prove} == {"us", "vendor"}
    assert found.needs_evidence


def test_every_ground_has_a_rule_for_every_kind_of_claim_and_says_it():
    assert set(RULES) == set(MEANINGS) == set(Ground)
    for row in RULES.values():
        assert set(row) == set(ClaimKind)
        assert all(rule.says.endswith(".") for rule in row.values())
    assert set(STRONGEST) == set(ClaimKind)


def test_a_rule_may_be_read_from_anything_with_the_facts():
    # Rooms above hand over their own values; nothing here reaches for a database.
    moment = datetime(2026, 1, 14, tzinfo=UTC)
    known = Facts.model_validate(vars(SimpleNamespace(reported=moment, dates={"delivery": moment})))
    assert known.reported == moment
