"""What holds of every ground, whatever is known and whatever the terms say."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.vendors.grounds import (
    Applicable,
    ClaimKind,
    Facts,
    Ground,
    Standing,
    Weighed,
    judge,
)
from app.vendors.terms import Anchor, Notice, Unit, VendorTerms, Window
from app.vendors.terms.windows import OF_THE_SALE
from tests.vendors.ground_cases import NEVER_ARRIVED, NOTHING_KNOWN, OF_RETURNS, PROMISE, window

WINDOWS = st.builds(
    Window,
    value=st.integers(1, 400),
    unit=st.sampled_from(Unit),
    anchor=st.sampled_from(sorted(OF_THE_SALE)),
)
NOTICES = st.builds(Notice, window=WINDOWS)
FLAGS = st.none() | st.booleans()
TERMS = st.builds(
    VendorTerms,
    **dict.fromkeys(
        ("return_window", "doa_window", "warranty", "rma_validity"), st.none() | WINDOWS
    ),
    **dict.fromkeys(
        ("shortage_notice", "wrong_item_notice", "non_delivery_notice", "damage_notice"),
        st.none() | NOTICES,
    ),
    **dict.fromkeys(
        (
            "is_non_returnable",
            "accepts_opened_returns",
            "charges_restocking",
            "clean_signature_ends_claims",
            "drop_ship_claims_go_to_carrier",
        ),
        FLAGS,
    ),
)
DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))
HOURS = st.times(timezones=st.just(UTC))
MOMENTS = DAYS | st.builds(datetime.combine, DAYS, HOURS)
FACTS = st.builds(
    Facts,
    dates=st.dictionaries(st.sampled_from(Anchor), MOMENTS),
    reported=st.none() | MOMENTS,
    sent_back=st.none() | MOMENTS,
    weighed=st.none() | st.builds(Weighed, last_weighed=st.none() | MOMENTS),
    left_at=st.sampled_from([None, "as_addressed", "elsewhere", "unknown"]),
    has_proof_of_delivery=FLAGS,
    is_signed_without_remark=FLAGS,
    is_drop_shipped=FLAGS,
    is_box_opened=FLAGS,
    has_proof_of_purchase=FLAGS,
    has_inspection_report=FLAGS,
    promise=st.none() | st.just(PROMISE),
)
GROUNDS, KINDS = st.sampled_from(Ground), st.sampled_from(ClaimKind)


@given(GROUNDS, KINDS, FACTS, TERMS)
def test_no_ground_ever_holds_on_an_unset_term(ground, kind, known, terms):
    found = judge(ground, kind, known, terms)
    if found.applicable is Applicable.YES:
        assert all(basis.is_set for basis in found.by)
        assert not any(basis.standing is Standing.MET for basis in found.by)
    assert found.why.endswith(".")
    assert found.next_best is not None


@given(GROUNDS, KINDS, FACTS)
def test_where_no_terms_are_known_only_evidence_can_make_a_ground_hold(ground, kind, known):
    found = judge(ground, kind, known, NOTHING_KNOWN)
    if found.applicable is Applicable.YES:
        assert ground in {"proof_of_delivery", "signed_without_remark", "no_record_of_sale"}


@given(st.sampled_from(NEVER_ARRIVED), FACTS, TERMS)
def test_a_weight_is_never_a_ground_against_non_receipt(kind, known, terms):
    assert judge("weight", ClaimKind(kind), known, terms).applicable is not Applicable.YES


@given(st.sampled_from(OF_RETURNS), FACTS, TERMS)
def test_no_return_policy_ever_holds_under_running_doa_terms(ground, known, terms):
    found = judge(ground, ClaimKind.DOA, known, terms)
    assert found.applicable in {Applicable.NO, Applicable.UNKNOWN}


@given(MOMENTS, MOMENTS, MOMENTS, st.integers(1, 400), st.sampled_from(Unit))
def test_reporting_earlier_never_makes_it_too_late(delivered, one, other, value, unit):
    terms = VendorTerms(shortage_notice=Notice(window=window(value, unit)))
    early, late = sorted((one, other), key=lambda when: str(when)[:10])
    if str(early)[:10] == str(late)[:10]:
        return

    def applicable(reported):
        known = Facts(dates={Anchor.DELIVERY: delivered}, reported=reported)
        return judge("shortage_notice_window", ClaimKind.SHORT_SHIPMENT, known, terms).applicable

    order = [Applicable.NO, Applicable.UNKNOWN, Applicable.YES]
    assert order.index(applicable(early)) <= order.index(applicable(late))
