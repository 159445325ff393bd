"""The three axes: every pair of states, and the same states whatever the order of the news."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.claims.rules import read_number
from app.claims.rules.axes import (
    AUTHORIZATIONS,
    ENDS,
    RETURN_LEGS,
    SETTLEMENTS,
    Authorization,
    ReturnLeg,
    SettlementState,
    is_live,
    x12_disposition,
)
from app.claims.rules.findings import FoundOutcome, fee_by_terms
from app.claims.rules.folding import Fact, Heard, course, journey
from app.claims.rules.lines import settled_as
from app.claims.rules.road import Carried, signs
from app.kit.states import IllegalStep
from app.vendors.terms import VendorTerms

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALLOWED = {
    AUTHORIZATIONS: {
        "draft": "submitted voided",
        "submitted": "info_requested authorized partially_authorized denied voided",
        "info_requested": "submitted appealed info_requested authorized partially_authorized "
        "denied voided",
        "authorized": "authorized partially_authorized denied expired voided",
        "partially_authorized": "authorized partially_authorized denied appealed expired voided",
        "denied": "authorized partially_authorized denied appealed voided",
        "appealed": "info_requested authorized partially_authorized denied voided",
        "expired": "submitted authorized partially_authorized denied voided",
        "voided": "",
    },
    RETURN_LEGS: {
        "not_required": "awaiting_return in_transit delivered_to_vendor received_by_vendor "
        "inspected",
        "awaiting_return": "not_required in_transit delivered_to_vendor received_by_vendor "
        "inspected",
        "in_transit": "awaiting_return delivered_to_vendor received_by_vendor inspected "
        "lost_in_transit",
        "delivered_to_vendor": "received_by_vendor inspected",
        "received_by_vendor": "inspected",
        "inspected": "inspected",
        "lost_in_transit": "in_transit delivered_to_vendor received_by_vendor inspected",
    },
    SETTLEMENTS: {
        "unsettled": "pending_credit partially_settled credited replaced repaired "
        "kept_with_allowance written_off",
        "pending_credit": "unsettled partially_settled credited replaced repaired "
        "kept_with_allowance written_off",
        "partially_settled": "credited replaced repaired kept_with_allowance written_off",
        "credited": "",
        "replaced": "",
        "repaired": "",
        "kept_with_allowance": "",
        "written_off": "",
    },
}
PAIRS = [(flow, one, other) for flow, rows in ALLOWED.items() for one in rows for other in rows]


@pytest.mark.parametrize(("flow", "one", "other"), PAIRS)
def test_every_pair_of_states_is_a_step_or_is_refused(flow, one, other):
    column = flow._column
    record = SimpleNamespace(**{column: one})
    if other in ALLOWED[flow][one].split():
        flow.step(record, flow.states(other))
        assert getattr(record, column) == other
    else:
        with pytest.raises(IllegalStep) as refused:
            flow.step(record, flow.states(other))
        assert refused.value.fields["now"] == one
        assert getattr(record, column) == one


def test_the_tables_say_all_there_is():
    for flow, rows in ALLOWED.items():
        assert set(rows) == {state.value for state in flow.states}


def heard(fact, hours, turn=1, **more):
    same = f"{fact}{hours}".encode()
    return Heard(fact, T0 + timedelta(hours=hours), turn, same, **more)


SUBMITTED = heard(Fact.SUBMITTED, 0)
SAID = [Fact.INFO_REQUESTED, Fact.AUTHORIZED, Fact.PARTIALLY_AUTHORIZED, Fact.DENIED, Fact.VOIDED]


def stand(told, *, moving=None, ended=None, moment=None):
    late = moment or T0 + timedelta(days=400)
    return course(told, moving_since=moving, ended_at=ended, moment=late)


news = st.lists(
    st.tuples(st.sampled_from(SAID), st.integers(1, 40), st.sampled_from([None, 30, 100])),
    max_size=8,
)


@given(news, st.randoms(use_true_random=False), st.integers(0, 3))
def test_what_a_vendor_says_counts_by_when_it_was_said(told, rnd, doubled):
    vendor = [
        heard(fact, hours, lapses_at=T0 + timedelta(hours=lapses) if lapses else None)
        for fact, hours, lapses in told
    ]
    facts = [SUBMITTED, *vendor]
    shuffled = [*facts, *vendor[:doubled]]
    rnd.shuffle(shuffled)
    one, other = stand(facts), stand(shuffled)
    assert one.now is other.now
    assert [each.place() for each in one.counted] == [each.place() for each in other.counted]
    assert (one.since, len(one.asks)) == (other.since, len(other.asks))


roads = st.lists(
    st.tuples(
        st.sampled_from(
            [Fact.SENT, Fact.DELIVERED, Fact.RECEIVED, Fact.INSPECTED, Fact.LOST, Fact.CAME_BACK]
        ),
        st.integers(0, 30),
    ),
    max_size=8,
)


@given(roads, st.randoms(use_true_random=False), st.booleans())
def test_the_way_back_is_read_by_when_it_happened(told, rnd, is_required):
    facts = [heard(fact, hours) for fact, hours in told]
    shuffled = [*facts, *facts]
    rnd.shuffle(shuffled)
    one = journey(facts, is_required=is_required)
    other = journey(shuffled, is_required=is_required)
    assert (one.now, one.reached) == (other.now, other.reached)


def test_an_answer_leads_back_to_where_the_question_came_from():
    told = [
        SUBMITTED,
        heard(Fact.DENIED, 1),
        heard(Fact.APPEALED, 2, turn=2),
        heard(Fact.INFO_REQUESTED, 3, turn=2),
        heard(Fact.ANSWERED, 4, turn=3),
    ]
    found = stand(told)
    assert found.now is Authorization.APPEALED
    assert [each.answer is not None for each in found.asks] == [True, True, False]


def test_a_consent_lapses_unless_something_is_on_its_way():
    consent = heard(Fact.AUTHORIZED, 1, lapses_at=T0 + timedelta(days=30))
    assert stand([SUBMITTED, consent]).now is Authorization.EXPIRED
    sent = T0 + timedelta(days=29)
    assert stand([SUBMITTED, consent], moving=sent).now is Authorization.AUTHORIZED
    late = T0 + timedelta(days=31)
    assert stand([SUBMITTED, consent], moving=late).now is Authorization.EXPIRED
    early = T0 + timedelta(days=29)
    assert stand([SUBMITTED, consent], moment=early).now is Authorization.AUTHORIZED
    renewed = heard(Fact.AUTHORIZED, 100, lapses_at=T0 + timedelta(days=500))
    assert stand([SUBMITTED, renewed, consent]).now is Authorization.AUTHORIZED


def test_units_have_arrived_once_all_of_their_parcels_have():
    day = timedelta(days=1)
    half = [Carried(T0, delivered_at=T0 + day), Carried(T0)]
    assert Fact.DELIVERED not in {each.fact for each in signs(half)}
    whole = [half[0], Carried(T0, delivered_at=T0 + 2 * day)]
    (arrived,) = [each for each in signs(whole) if each.fact is Fact.DELIVERED]
    assert arrived.at == T0 + 2 * day
    back = [Carried(T0, came_back_at=T0 + day)]
    assert journey(signs(back), is_required=True).now is ReturnLeg.AWAITING_RETURN
    again = [*back, Carried(T0 + 2 * day)]
    assert journey(signs(again), is_required=True).now is ReturnLeg.IN_TRANSIT
    lost = [Carried(T0, lost_at=T0 + day)]
    assert journey(signs(lost), is_required=True).now is ReturnLeg.LOST_IN_TRANSIT
    found = [Carried(T0, lost_at=T0 + day, delivered_at=T0 + 2 * day)]
    assert journey(signs(found), is_required=True).now is ReturnLeg.DELIVERED_TO_VENDOR


@given(st.permutations([*ENDS, None, SettlementState.PARTIALLY_SETTLED]), st.booleans())
def test_what_came_of_it_does_not_hang_on_the_order_of_lines(lines, pending):
    assert settled_as(lines, is_credit_pending=pending) is SettlementState.PARTIALLY_SETTLED
    ended = [line for line in lines if line in ENDS]
    assert settled_as(ended, is_credit_pending=pending) is SettlementState.CREDITED


def test_numbers_are_read_as_people_say_them():
    assert [read_number(text) for text in ("RC-1042", "rc 1042", " 1042 ", "D-1042")] == [
        1042,
        1042,
        1042,
        None,
    ]


def test_x12_has_a_word_for_what_it_knows():
    unsettled = SettlementState.UNSETTLED
    told = {state: x12_disposition(state, unsettled, has_number=True) for state in Authorization}
    assert told[Authorization.PARTIALLY_AUTHORIZED] == "PA"
    assert told[Authorization.DENIED] == "RD"
    assert told[Authorization.VOIDED] is None
    assert x12_disposition(Authorization.AUTHORIZED, unsettled, has_number=False) == "RN"
    kept = SettlementState.KEPT_WITH_ALLOWANCE
    assert x12_disposition(Authorization.AUTHORIZED, kept, has_number=True) == "KA"
    assert not is_live(Authorization.AUTHORIZED, kept)


def test_a_share_is_rounded_to_the_smallest_coin_of_its_currency():
    terms = VendorTerms.model_validate({"no_trouble_found_fee": {"percent": "1"}})
    for currency, fee in (("USD", "12.99"), ("JPY", "13"), ("KWD", "12.990")):
        price = (Decimal(1299), currency)
        told, _ = fee_by_terms(FoundOutcome.NO_TROUBLE_FOUND, terms, price)
        assert told is not None
        assert (str(told[0]), told[1]) == (fee, currency)
    assert fee_by_terms(FoundOutcome.NO_TROUBLE_FOUND, terms, (Decimal("0.10"), "USD"))[0] is None
