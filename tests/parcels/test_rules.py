from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.parcels.reports import (
    Place,
    ProofReport,
    ReadingKind,
    ReadingReport,
    ScanReport,
    ScanStatus,
    TrackingReport,
)
from app.parcels.rules import (
    RECYCLED_AFTER,
    Candidate,
    ParcelState,
    PlaceKind,
    carrier_slug,
    choose_for_shipment,
    choose_parcel,
    normalize_tracking_number,
    place_of_delivery,
    ship_to_fingerprint,
    span_of,
    status_of,
)

START = datetime(2026, 3, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def scan(status, at=0, **but):
    return ScanReport(occurred_at=day(at), status=status, **but)


# --- numbers and carriers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1z 999 aa1 01 2345 6784", "1Z999AA10123456784"),
        (" 9400-1000-0000\t0000\n0000 14", "9400100000000000000014"),
        ("JD\u00a00146\u20130000\u200b06", "JD0146000006"),
        ("\uff11\uff3a\uff19", "1Z9"),
        ("RB/12.7_x", "RB/12.7_X"),
        ("--- ", ""),
    ],
)
def test_a_tracking_number_is_looked_up_without_what_people_put_between(text, number):
    assert normalize_tracking_number(text) == number


@settings(deadline=None)
@given(st.text(max_size=40))
def test_normalizing_twice_changes_nothing(text):
    once = normalize_tracking_number(text)
    assert normalize_tracking_number(once) == once


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("FedEx", "fedex"),
        ("FedExDefault", "fedex"),
        ("FedEx SmartPost", "fedex"),
        ("Federal Express", "fedex"),
        ("UPS", "ups"),
        ("UPSDAP", "ups"),
        ("ups-surepost", "ups"),
        ("Upsell Logistics", "upsell_logistics"),
        ("USPS", "usps"),
        ("stamps_com", "usps"),
        ("DHLExpress", "dhl_express"),
        ("dhl express", "dhl_express"),
        ("DHL", "dhl"),
        ("Österreichische Post AG", "österreichische_post_ag"),
        ("x" * 100, "x" * 64),
        ("--", None),
        ("", None),
        (None, None),
    ],
)
def test_a_carrier_has_one_name(name, slug):
    assert carrier_slug(name) == slug


# --- the state


def test_nothing_told_is_unknown():
    assert status_of([]) == ParcelState(ScanStatus.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("scans", "status", "at", "delivered_at"),
    [
        ([scan("in_transit", 1), scan("pre_transit", 0)], "in_transit", 1, None),
        ([scan("in_transit", 1), scan("pre_transit", 2)], "in_transit", 1, None),
        ([scan("in_transit", 1), scan("unknown", 2)], "in_transit", 1, None),
        ([scan("unknown", 2), scan("unknown", 1)], "unknown", 2, None),
        ([scan("in_transit", 1), scan("failure", 2)], "failure", 2, None),
        ([scan("failure", 2), scan("out_for_delivery", 3)], "out_for_delivery", 3, None),
        ([scan("cancelled", 2), scan("in_transit", 3)], "in_transit", 3, None),
        ([scan("in_transit", 1), scan("customs hold", 2)], "customs hold", 2, None),
        ([scan("delivered", 3), scan("in_transit", 2)], "delivered", 3, 3),
        ([scan("delivered", 3), scan("in_transit", 4)], "delivered", 3, 3),
        ([scan("delivered", 3), scan("customs hold", 4)], "delivered", 3, 3),
        ([scan("delivered", 3), scan("failure", 4)], "delivered", 3, 3),
        ([scan("delivered", 3), scan("delivered", 5)], "delivered", 3, 3),
        ([scan("delivered", 3), scan("return_to_sender", 5)], "return_to_sender", 5, 3),
        ([scan("return_to_sender", 3), scan("in_transit", 5)], "return_to_sender", 3, None),
        ([scan("return_to_sender", 3), scan("delivered", 5)], "return_to_sender", 3, None),
        ([scan("return_to_sender", 3), scan("delivered", 3)], "return_to_sender", 3, None),
        ([scan("in_transit", 3), scan("out_for_delivery", 3)], "out_for_delivery", 3, None),
        ([scan("in_transit", 3), scan("a word", 3)], "in_transit", 3, None),
    ],
)
def test_the_state_follows_the_events_and_not_their_arrival(scans, status, at, delivered_at):
    delivered = None if delivered_at is None else day(delivered_at)
    assert status_of(scans) == ParcelState(status, day(at), delivered)
    assert status_of(reversed(scans)) == ParcelState(status, day(at), delivered)


SCANS = st.lists(
    st.builds(
        scan,
        st.sampled_from([*ScanStatus, "customs hold", "Zoll"]),
        st.integers(min_value=0, max_value=5),
        message=st.sampled_from([None, "again"]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(SCANS, st.data())
def test_neither_order_nor_repetition_changes_the_state(scans, data):
    repeated = scans + data.draw(st.lists(st.sampled_from(scans), max_size=8)) if scans else []
    shuffled = data.draw(st.permutations(repeated))
    assert status_of(shuffled) == status_of(scans)


@settings(deadline=None)
@given(SCANS)
def test_what_is_known_is_not_undone_by_not_knowing(scans):
    known = [each for each in scans if each.status != ScanStatus.UNKNOWN]
    if known:
        assert status_of(scans) == status_of(known)


@settings(deadline=None)
@given(SCANS)
def test_a_delivery_is_undone_by_a_return_alone(scans):
    state = status_of([*scans, scan("delivered", 3)])
    assert state.status in {ScanStatus.DELIVERED, ScanStatus.RETURN_TO_SENDER}


# --- the place


SHIP_TO = Place(
    street="18 Juniper Street, Apt. 4",
    city="Dover",
    region="DE",
    postal_code="19901-1590",
    country="US",
)


def proof(**place):
    return ProofReport(place=Place(**place))


def judged(proofs=(), scans=(), ship_to=SHIP_TO):
    verdict = place_of_delivery(ship_to, proofs, scans)
    assert verdict.why.endswith(".")
    assert verdict == place_of_delivery(ship_to, proofs[::-1], scans[::-1])
    return verdict


@pytest.mark.parametrize(
    "place",
    [
        {"street": "18 Juniper Street, Apt. 4", "postal_code": "19901"},
        {"street": "18 JUNIPER ST #4", "postal_code": "199011590", "country": "USA"},
        {"street": "Apt 4, 18 Juniper St", "postal_code": "19901", "city": "Elsewhere"},
        {"street": "18 juniper st.", "postal_code": "19901"},
        {"street": "18 Juniper St Unit 4 Rear", "postal_code": "19901"},
        {"street": "18 Juniper St Apt 4", "city": "DOVER"},
    ],
)
def test_the_same_street_and_code_is_as_addressed_however_spelt(place):
    ship_to = SHIP_TO
    if place["street"].startswith("Apt"):
        ship_to = Place(street="Apt 4, 18 Juniper Street", postal_code="19901", country="US")
    assert judged([proof(**place)], ship_to=ship_to).kind is PlaceKind.AS_ADDRESSED


def test_a_flat_that_is_not_told_is_said_not_to_be():
    verdict = judged([proof(street="18 Juniper St", postal_code="19901")])
    assert verdict.kind is PlaceKind.AS_ADDRESSED
    assert "not name every part" in verdict.why


def test_german_and_french_spellings_are_one():
    ship_to = Place(street="Hauptstraße 5", postal_code="D-10115", country="DE")
    other = proof(street="HAUPTSTR. 5", postal_code="10115", country="DEU")
    assert judged([other], ship_to=ship_to).kind is PlaceKind.AS_ADDRESSED
    ship_to = Place(street="3 Avenue de l'Été", postal_code="75001", country="FR")
    other = proof(street="3 av de lete", postal_code="75001")
    assert judged([other], ship_to=ship_to).kind is PlaceKind.AS_ADDRESSED


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ({"street": "20 Juniper St", "postal_code": "19901"}, "street"),
        ({"street": "18 Juniper St Apt 5", "postal_code": "19901"}, "street"),
        ({"street": "18 Oak Lane", "postal_code": "19901"}, "street"),
        ({"street": "PO Box 18", "postal_code": "19901"}, "street"),
        ({"street": "18 Juniper St", "postal_code": "19904"}, "postal code"),
        ({"postal_code": "19904"}, "postal code"),
        ({"city": "Smyrna"}, "city"),
        ({"country": "CA"}, "country"),
    ],
)
def test_a_proof_of_another_place_is_elsewhere(place, word):
    verdict = judged([proof(**place)])
    assert verdict.kind is PlaceKind.ELSEWHERE
    assert word in verdict.why


@pytest.mark.parametrize(
    "place",
    [
        {"city": "Dover", "postal_code": "19901"},
        {"street": "18 Junipr St Apt 4", "postal_code": "19901"},
        {"street": "Juniper St", "postal_code": "19901"},
        {"street": "4 Juniper St", "postal_code": "19901"},
        {"street": "18 Juniper St"},
        {"street": "18 Juniper St", "city": "Dover Heights"},
        {"city": "Camden", "postal_code": "19901"},
        {"city": "Dover Heights"},
        {"country": "PR"},
        {"country": "Freedonia"},
        {"text": "DOVER, DE, 19904, US"},
        {},
    ],
)
def test_a_proof_that_is_not_clear_leaves_it_unknown(place):
    assert judged([proof(**place)]).kind is PlaceKind.UNKNOWN


@pytest.mark.parametrize(
    ("left_at", "name"),
    [
        ("Left with neighbor", "neighbour"),
        ("NEIGHBOURS AT 20", "neighbour"),
        ("beim Nachbarn", "neighbour"),
        ("parcel locker", "locker"),
        ("Packstation 112", "locker"),
        ("Post Office", "post office"),
        ("UPS Access Point", "pickup point"),
        ("pick-up location", "pickup point"),
        ("another address", "another address"),
        ("alternate delivery location", "another address"),
    ],
)
def test_words_that_name_another_s_door_are_elsewhere(left_at, name):
    at_home = Place(street=SHIP_TO.street, postal_code=SHIP_TO.postal_code)
    verdict = judged([ProofReport(left_at=left_at, place=at_home)])
    assert verdict.kind is PlaceKind.ELSEWHERE
    assert name in verdict.why
    assert left_at in verdict.why


@pytest.mark.parametrize(
    "left_at", ["front door", "porch", "mailbox", "reception", "Not with a neighbour", "garage"]
)
def test_words_that_name_nobody_s_door_decide_nothing(left_at):
    assert judged([ProofReport(left_at=left_at)]).kind is PlaceKind.UNKNOWN


def test_a_locker_it_was_addressed_to_is_not_elsewhere():
    ship_to = Place(street="Packstation 112", postal_code="10115", country="DE")
    assert judged([ProofReport(left_at="Locker")], ship_to=ship_to).kind is PlaceKind.UNKNOWN


def test_without_an_address_a_neighbour_is_elsewhere_and_a_locker_is_not_known_to_be():
    with_neighbour, in_locker = ProofReport(left_at="neighbour"), ProofReport(left_at="locker")
    assert judged([with_neighbour], ship_to=None).kind is PlaceKind.ELSEWHERE
    assert judged([in_locker], ship_to=None).kind is PlaceKind.UNKNOWN
    assert judged([proof(city="Dover")], ship_to=Place()).kind is PlaceKind.UNKNOWN


def test_proofs_that_contradict_each_other_decide_nothing():
    here = proof(street="18 Juniper St Apt 4", postal_code="19901")
    there = proof(street="20 Oak Lane", postal_code="19901")
    verdict = judged([here, there])
    assert verdict.kind is PlaceKind.UNKNOWN
    assert "another" in verdict.why


def test_a_delivery_scan_in_a_town_leaves_the_door_unknown_and_says_so():
    depot = scan("delivered", place=Place(city="CAMDEN", region="DE", postal_code="19934"))
    verdict = judged(scans=[scan("in_transit"), depot])
    assert verdict.kind is PlaceKind.UNKNOWN
    assert verdict.why == (
        "Of the delivery only CAMDEN, DE, 19934 is told; no one says at which door it was left."
    )


def test_a_delivery_scan_in_another_country_is_elsewhere():
    assert judged(scans=[scan("delivered", place=Place(country="MX"))]).kind is PlaceKind.ELSEWHERE


def test_scans_on_the_way_through_other_countries_say_nothing():
    assert judged(scans=[scan("in_transit", place=Place(country="CN"))]).kind is PlaceKind.UNKNOWN


def test_a_delivery_scan_at_the_very_door_is_as_addressed():
    door = Place(street="18 Juniper St Apt 4", postal_code="19901", country="US")
    other = Place(street="1 Depot Road", postal_code="19934", country="US")
    scans = [scan("delivered", place=other), scan("delivered", 1, place=door)]
    assert judged(scans=scans).kind is PlaceKind.AS_ADDRESSED


def test_nothing_told_and_no_town_told_are_two_things():
    assert judged().why != judged(scans=[scan("delivered")]).why


PLACES = st.none() | st.builds(
    Place,
    street=st.none() | st.text(max_size=20),
    city=st.none() | st.text(max_size=10),
    postal_code=st.none() | st.text(max_size=8),
    country=st.none() | st.text(max_size=3),
)


@settings(deadline=None)
@given(
    PLACES, st.lists(st.builds(ProofReport, place=PLACES, left_at=st.none() | st.text())), PLACES
)
def test_any_words_get_a_verdict_whatever_their_order(ship_to, proofs, place):
    judged(proofs, [scan("delivered", place=place)], ship_to)


# --- the address, for telling parcels apart


def test_one_address_has_one_fingerprint_however_spelt():
    spelt = Place(street="apt 4 18 JUNIPER ST", postal_code="19901", city="x", country="USA")
    assert ship_to_fingerprint(spelt) == ship_to_fingerprint(SHIP_TO)
    assert ship_to_fingerprint(spelt) is not None


def test_two_addresses_have_two():
    other = Place(street="20 Juniper St Apt 4", postal_code="19901", country="US")
    assert ship_to_fingerprint(other) != ship_to_fingerprint(SHIP_TO)


def test_where_there_are_no_codes_the_city_stands_in():
    one, other = Place(street="1 Quay", city="Cork"), Place(street="1 Quay", city="Galway")
    assert ship_to_fingerprint(one) not in {None, ship_to_fingerprint(other)}


@pytest.mark.parametrize("place", [None, Place(), Place(street="1 Quay"), Place(postal_code="1")])
def test_half_an_address_has_none(place):
    assert ship_to_fingerprint(place) is None


# --- recycled numbers


def candidate(number, **but):
    return Candidate(parcel_id=UUID(int=number), **but)


def test_the_span_of_a_report_is_from_its_first_event_to_its_last():
    reading = ReadingReport(kind=ReadingKind.UNKNOWN, why="", value=1, measured_at=day(-1))
    report = TrackingReport(
        tracking_number="1",
        scans=(scan("in_transit", 2), scan("pre_transit", 0)),
        readings=(reading,),
        proofs=(ProofReport(delivered_at=day(4)), ProofReport()),
    )
    assert span_of(report, otherwise=day(9)) == (day(-1), day(4))
    assert span_of(TrackingReport(tracking_number="1"), otherwise=day(9)) == (day(9), day(9))


def test_events_belong_to_the_life_they_fall_into():
    old = candidate(1, shipped_at=day(-200), last_seen_at=day(-190))
    new = candidate(2, shipped_at=day(0))
    assert choose_parcel([old, new], (day(1), day(3))) == new
    assert choose_parcel([new, old], (day(-195), day(-180))) == old


def test_events_beyond_the_span_of_any_life_are_a_new_parcel():
    old = candidate(1, shipped_at=day(0), last_seen_at=day(5))
    assert choose_parcel([old], (day(95), day(96))) == old
    assert choose_parcel([old], (day(95) + timedelta(seconds=1), day(200))) is None
    assert choose_parcel([old], (day(-91), day(-91))) is None
    assert choose_parcel([], (day(0), day(0))) is None


def test_the_span_is_a_setting():
    old = candidate(1, last_seen_at=day(0))
    short = timedelta(days=30)
    assert choose_parcel([old], (day(31), day(31)), recycled_after=short) is None
    assert choose_parcel([old], (day(30), day(31)), recycled_after=short) == old


def test_of_two_lives_as_near_the_younger_has_it():
    old = candidate(1, shipped_at=day(0), last_seen_at=day(10))
    young = candidate(2, shipped_at=day(5), last_seen_at=day(12))
    assert choose_parcel([old, young], (day(6), day(7))) == young
    assert choose_parcel([young, old], (day(6), day(7))) == young


def test_a_parcel_without_dates_has_what_no_dated_one_has():
    undated, dated = candidate(1), candidate(2, shipped_at=day(0))
    assert choose_parcel([undated, dated], (day(90), day(90))) == dated
    assert choose_parcel([undated, dated], (day(91), day(91))) == undated


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(min_value=0, max_value=5),
        shipped_at=st.none() | st.integers(-300, 300).map(day),
        last_seen_at=st.none() | st.integers(-300, 300).map(day),
        ship_to=st.sampled_from([None, "here", "there"]),
    ),
    max_size=5,
    unique_by=lambda each: each.parcel_id,
)


@settings(deadline=None)
@given(CANDIDATES, st.randoms(), st.integers(-300, 300), st.sampled_from([None, "here"]))
def test_the_choice_does_not_hang_on_the_order_of_the_candidates(candidates, random, at, ship_to):
    shuffled = random.sample(candidates, len(candidates))
    span = day(at), day(at + 3)
    assert choose_parcel(shuffled, span) == choose_parcel(candidates, span)
    told = {"shipped_at": day(at), "ship_to": ship_to}
    assert choose_for_shipment(shuffled, **told) == choose_for_shipment(candidates, **told)


def shipment(*candidates, at: int | None = 0, ship_to="here"):
    shipped_at = None if at is None else day(at)
    return choose_for_shipment(candidates, shipped_at=shipped_at, ship_to=ship_to)


def test_a_package_to_the_same_address_in_the_same_weeks_is_the_same_parcel():
    known = candidate(1, shipped_at=day(0), ship_to="here")
    assert shipment(known, at=90) == known
    assert shipment(known, at=-90) == known


def test_a_package_shipped_much_later_is_a_second_parcel_of_the_number():
    assert shipment(candidate(1, shipped_at=day(0), ship_to="here"), at=91) is None


def test_a_package_to_another_address_is_a_second_parcel():
    assert shipment(candidate(1, shipped_at=day(0), ship_to="there")) is None


@pytest.mark.parametrize(("known", "told"), [(None, "here"), ("here", None), (None, None)])
def test_an_address_that_is_not_known_does_not_part_them(known, told):
    parcel = candidate(1, shipped_at=day(0), ship_to=known)
    assert shipment(parcel, ship_to=told) == parcel


def test_a_parcel_known_from_scans_alone_is_held_against_its_scans():
    seen = candidate(1, first_seen_at=day(0), last_seen_at=day(20))
    assert shipment(seen, at=10) == seen
    assert shipment(seen, at=110) == seen
    assert shipment(seen, at=111) is None


def test_dates_that_are_not_told_do_not_part_them():
    dated, undated = candidate(1, shipped_at=day(0), ship_to="here"), candidate(2, ship_to="here")
    assert shipment(dated, at=None) == dated
    assert shipment(undated, at=500) == undated
    assert shipment(dated, undated, at=500) == undated


def test_an_agreeing_address_goes_before_an_unknown_one_and_then_the_nearer_date():
    unknown = candidate(1, shipped_at=day(0))
    agreeing = candidate(2, shipped_at=day(30), ship_to="here")
    further = candidate(3, shipped_at=day(40), ship_to="here")
    assert shipment(unknown, agreeing, further) == agreeing


def test_ninety_days_is_the_default():
    assert timedelta(days=90) == RECYCLED_AFTER
