import hashlib
import hmac
import json
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.carriers.providers import PROVIDERS, SignatureRefused, Unreadable, get
from app.carriers.providers.values import TIME_NOT_TOLD
from app.parcels.reports import Place, ProofReport, ReadingKind, ScanStatus

PAYLOADS = Path(__file__).parent / "payloads"
SAMPLES = Path(__file__).parents[4] / "shared/samples/carriers/easypost"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
EASYPOST = get("easypost")

# Published: EasyPost/examples@112a6d1 official/fixtures/client-library-fixtures.json.
PUBLISHED_SECRET = "s\u00e9cret"
PUBLISHED_BODY = "tracker_updated_event_body.json"
PUBLISHED_SIGNATURE = (
    "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"
)

# Published as well (EasyPost/examples@6956dc36), and small enough to stand here, byte for byte.
PUBLISHED_2022_SIGNATURE = (
    "hmac-sha256-hex=e93977c8ccb20363d51a62b3fe1fc402b7829be1152da9e88cf9e8d07115a46b"
)
PUBLISHED_2022_BODY = (
    b'{"result":{"id":"batch_123...","object":"Batch","mode":"test","state":"created",'
    b'"num_shipments":0,"reference":null,"created_at":"2022-07-26T17:22:32Z",'
    b'"updated_at":"2022-07-26T17:22:32Z","scan_form":null,"shipments":[],"status":'
    b'{"created":0,"queued_for_purchase":0,"creation_failed":0,"postage_purchased":0,'
    b'"postage_purchase_failed":0},"pickup":null,"label_url":null},'
    b'"description":"batch.created","mode":"test","previous_attributes":null,'
    b'"completed_urls":null,"user_id":"user_123...","status":"pending","object":"Event",'
    b'"id":"evt_123..."}'
)


def payload(name):
    return json.loads((PAYLOADS / name).read_bytes())


def sign(body, secret):
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def verify(body, signature, *secrets):
    headers = {"x-hmac-signature": signature}
    EASYPOST.verify(headers=headers, body=body, secrets=secrets, now=NOW)


def read(event, received_at=NOW):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return EASYPOST.read(headers={}, body=body, received_at=received_at)


def tracker(**but):
    result = {"tracking_code": "EZ1000000001", "updated_at": "2026-03-05T19:00:00Z"} | but
    return {"id": "evt_1", "description": "tracker.updated", "result": result}


def scan(status="in_transit", at="2026-03-04T10:00:00Z", **but):
    return {"status": status, "datetime": at, **but}


def published_body():
    path = SAMPLES / PUBLISHED_BODY
    if not path.exists():
        pytest.skip("the published samples are not beside this checkout")
    return path.read_bytes().strip()


# --- signature


def test_the_published_signature_verifies():
    verify(published_body(), PUBLISHED_SIGNATURE, PUBLISHED_SECRET)


def test_the_published_signature_verifies_with_the_accent_written_either_way():
    verify(published_body(), PUBLISHED_SIGNATURE, unicodedata.normalize("NFD", PUBLISHED_SECRET))


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_older_published_signature_verifies_in_any_form_of_the_secret(form):
    secret = unicodedata.normalize(form, PUBLISHED_SECRET)
    verify(PUBLISHED_2022_BODY, PUBLISHED_2022_SIGNATURE, secret)


def test_the_older_published_event_is_about_a_batch_and_of_no_concern():
    assert read(PUBLISHED_2022_BODY) == []
    assert EASYPOST.dedup_key(headers={}, body=PUBLISHED_2022_BODY) == "evt_123..."


def test_one_changed_byte_is_refused():
    changed = PUBLISHED_2022_BODY.replace(b"evt_123", b"evt_124")
    with pytest.raises(SignatureRefused):
        verify(changed, PUBLISHED_2022_SIGNATURE, PUBLISHED_SECRET)


@pytest.mark.parametrize("secrets", [("old", "new"), ("new", "old"), ("", "old")])
def test_either_of_two_secrets_fits_while_they_rotate(secrets):
    verify(b"{}", sign(b"{}", "old"), *secrets)


def test_an_empty_secret_fits_nothing_though_anybody_can_sign_with_it():
    with pytest.raises(SignatureRefused):
        verify(b"{}", "hmac-sha256-hex=" + hmac.new(b"", b"{}", "sha256").hexdigest(), "")


def test_without_any_secret_everything_is_refused():
    with pytest.raises(SignatureRefused):
        verify(b"{}", sign(b"{}", "x"))


def test_a_missing_header_is_refused_with_a_reason():
    with pytest.raises(SignatureRefused) as refused:
        EASYPOST.verify(headers={}, body=b"{}", secrets=["secret"], now=NOW)
    assert "missing" in refused.value.reason


def test_a_wrong_v2_signature_does_not_refuse_what_v1_accepts():
    headers = {
        "x-hmac-signature": sign(b"{}", "secret"),
        "x-hmac-signature-v2": "hmac-sha256-hex=00",
        "x-timestamp": "never",
    }
    EASYPOST.verify(headers=headers, body=b"{}", secrets=["secret"], now=NOW)


@settings(deadline=None)
@given(st.text(), st.binary(), st.lists(st.text(st.characters()), max_size=3))
@example("hmac-sha256-hex=\u00e9", b"", ["s"])
@example("\ud800", b"", ["\ud800"])
def test_no_header_body_or_secret_raises_anything_but_a_refusal(header, body, secrets):
    with pytest.raises(SignatureRefused):
        verify(body, header, *secrets)


@pytest.mark.parametrize(
    "secret", ["", "short", " secret-with-blank", "secret\nwith-line", "x" * 501]
)
def test_a_secret_that_cannot_be_right_is_refused_in_words(secret):
    with pytest.raises(ValueError, match="secret"):
        EASYPOST.check_secret(secret)


def test_a_secret_that_may_be_right_is_taken():
    EASYPOST.check_secret(PUBLISHED_SECRET)


# --- the key of a delivery


def test_the_event_id_is_the_key():
    body = json.dumps(payload("easypost_tracker_delivered.json")).encode()
    key = EASYPOST.dedup_key(headers={}, body=body)
    assert key == "evt_7f20b1c4d5e611f0a1b20242ac120002"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"{",
        b"\xff",
        b'{"id": 7}',
        b'{"id": ""}',
        b'{"id": null}',
        b'{"id": "a\\u0000b"}',
        b'{"id": "\\ud800"}',
        b'{"id": "' + b"x" * 201 + b'"}',
        b"[" * 100_000,
    ],
)
def test_an_absurd_or_missing_id_is_no_key(body):
    assert EASYPOST.dedup_key(headers={}, body=body) is None


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_break_the_key(body):
    EASYPOST.dedup_key(headers={}, body=body)


# --- trackers


def test_a_delivered_tracker_is_read_in_full():
    body = (PAYLOADS / "easypost_tracker_delivered.json").read_bytes()
    [report] = read(body)

    assert report.tracking_number == "1Z 999 AA1 01 2345 6784"
    assert report.carrier == "UPSDAP"
    assert report.is_return is False
    assert [each.status for each in report.scans] == [
        "pre_transit",
        "in_transit",
        "failure",
        "delivered",
    ]
    label, departed, _, delivered = report.scans
    assert label.place is None
    assert label.carrier_code == "MP"
    assert departed.occurred_at == datetime(2026, 3, 3, 22, 41, tzinfo=UTC)
    assert departed.place == Place(city="PHILADELPHIA", region="PA", country="US")
    assert delivered.message == "DELIVERED. Left with neighbor, no. 20"
    assert report.proofs == (
        ProofReport(
            delivered_at=datetime(2026, 3, 5, 19, 1, 30, tzinfo=UTC),
            signed_by="R OKAFOR",
            left_at="Left with neighbor",
            place=Place(text="DOVER, DE, 19901, US"),
        ),
    )


def test_the_weight_is_exact_and_only_as_good_as_a_carrier_s_word():
    [report] = read((PAYLOADS / "easypost_tracker_delivered.json").read_bytes())
    [reading] = report.readings
    assert reading.kind is ReadingKind.CARRIER_REPORTED
    assert "declared" in reading.why
    assert str(reading.value) == "198.40"
    assert reading.unit == "oz"
    assert reading.grams == 5625
    assert reading.measured_at is None
    assert reading.resolution_g is None


def test_the_published_tracker_is_read():
    [report] = read(published_body())
    assert report.tracking_number == "1"
    assert len(report.scans) == 7
    assert report.readings[0].value == Decimal("614.4")
    assert report.readings[0].grams == 17418
    assert report.proofs == ()


@pytest.mark.parametrize("weight", [None, 0, 0.0, -3, True, [], "heavy", "", 1e300])
def test_no_weight_is_made_of_what_is_none(weight):
    [report] = read(tracker(weight=weight, tracking_details=[scan()]))
    assert report.readings == ()
    assert len(report.scans) == 1


def test_a_weight_that_is_no_number_in_json_does_not_cost_the_scan():
    body = json.dumps(tracker(weight="W", tracking_details=[scan()])).encode()
    for odd in (b"NaN", b"-Infinity", b"1e99999999999999999999", b"9" * 5000, b"1." + b"0" * 5000):
        [report] = read(body.replace(b'"W"', odd))
        assert report.readings == ()
        assert len(report.scans) == 1


def test_without_history_the_tracker_s_status_is_the_one_scan():
    [report] = read(tracker(status="in_transit", status_detail="held", tracking_details=[]))
    [only] = report.scans
    assert only.status == ScanStatus.IN_TRANSIT
    assert only.status_detail == "held"
    assert only.occurred_at == datetime(2026, 3, 5, 19, tzinfo=UTC)


def test_an_end_that_only_the_tracker_tells_is_not_lost():
    [report] = read(tracker(status="delivered", tracking_details=[scan()]))
    assert [each.status for each in report.scans] == ["in_transit", "delivered"]
    # The time of an update is not the time of a delivery: there is nothing to prove it by.
    assert report.proofs == ()


def test_a_passing_status_that_the_history_does_not_tell_adds_no_scan():
    [report] = read(tracker(status="failure", tracking_details=[scan()]))
    assert [each.status for each in report.scans] == ["in_transit"]


def test_a_tracker_that_knows_nothing_tells_nothing():
    assert read(tracker(status="unknown", tracking_details=[])) == []


def test_a_word_we_do_not_know_stays_as_it_is():
    [report] = read(tracker(tracking_details=[scan(status="Eaten by Dog")]))
    assert report.scans[0].status == "Eaten by Dog"
    assert report.scans[0].raw_status == "Eaten by Dog"


def test_a_scan_without_a_status_is_unknown():
    [report] = read(tracker(tracking_details=[scan(status=None, message="Hello")]))
    assert report.scans[0].status == ScanStatus.UNKNOWN
    assert report.scans[0].raw_status is None


@pytest.mark.parametrize(
    "at",
    [
        None,
        "",
        "soon",
        7,
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2031-01-01T00:00:00Z",
    ],
)
def test_a_scan_without_a_usable_time_takes_the_message_s_and_says_so(at):
    [report] = read(tracker(tracking_details=[scan(at=at, message="Arrived"), scan()]))
    first, second = report.scans
    assert first.occurred_at == datetime(2026, 3, 5, 19, tzinfo=UTC)
    assert first.message == f"Arrived {TIME_NOT_TOLD}"
    assert second.occurred_at == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_a_delivery_without_a_time_of_its_own_proves_no_time():
    [report] = read(tracker(signed_by="A N", tracking_details=[scan("delivered", at=None)]))
    assert report.proofs == (ProofReport(signed_by="A N"),)


def test_a_timeless_scan_of_a_timeless_message_costs_no_other_scan():
    [report] = read(tracker(updated_at=None, tracking_details=[scan(at=None), scan()]))
    assert len(report.scans) == 1


@pytest.mark.parametrize("but", [{"tracking_details": [scan(at=None)]}, {"status": "delivered"}])
def test_a_message_without_any_time_is_unreadable(but):
    with pytest.raises(Unreadable) as unreadable:
        read(tracker(updated_at=None, **but))
    assert unreadable.value.pointer == "/result/updated_at"


def test_odd_parts_cost_nothing_but_themselves():
    details = [None, 7, "x", [], {}, scan(tracking_location="here", message=[], carrier_code=5)]
    odd = tracker(carrier=[], is_return="no", signed_by={}, tracking_details=details)
    [report] = read(odd)
    assert report.carrier is None
    assert report.is_return is None
    [only] = report.scans
    assert (only.place, only.message, only.carrier_code) == (None, None, None)


def test_characters_the_database_refuses_are_replaced_and_huge_texts_cut():
    details = [scan(message="a\x00b\ud800c" + "x" * 5000, tracking_location={"city": "\x00"})]
    [report] = read(tracker(tracking_details=details))
    message = report.scans[0].message
    assert message is not None
    assert message.startswith("a\ufffdb\ufffdc")
    assert len(message) == 1000
    assert report.scans[0].place == Place(city="\ufffd")


def test_bytes_that_are_not_utf8_cost_one_letter():
    body = json.dumps(tracker(tracking_details=[scan(message="Z@rich")])).encode()
    [report] = read(body.replace(b"@", b"\xfc"))
    assert report.scans[0].message == "Z\ufffdrich"


@pytest.mark.parametrize(
    ("message", "left_at"),
    [
        ("Delivered", None),
        ("Delivered, Left at front door. Thank you", "Left at front door"),
        ("Your item was left with neighbor at 12 Oak", "left with neighbor at 12 Oak"),
        ("Driver left at 10:32", None),
        ("Parcel not left at the door", None),
        ("It left the facility", None),
        ("Delivered, Front Door/Porch", None),
        ("The cleft at dawn", None),
    ],
)
def test_where_it_was_left_is_kept_only_as_the_text_says_it(message, left_at):
    [report] = read(tracker(tracking_details=[scan("delivered", message=message)]))
    assert report.proofs[0].left_at == left_at


def test_a_signature_without_a_delivery_scan_is_kept():
    [report] = read(tracker(signed_by="A N", tracking_details=[scan()]))
    assert report.proofs == (ProofReport(signed_by="A N"),)


@pytest.mark.parametrize("number", [None, "", "  ", "---", 123, ["1"], "x" * 101])
def test_a_tracker_without_a_tracking_number_is_unreadable(number):
    with pytest.raises(Unreadable) as unreadable:
        read(tracker(tracking_code=number, tracking_details=[scan()]))
    assert unreadable.value.pointer == "/result/tracking_code"


# --- invoices and the rest


def test_an_invoice_tells_what_was_declared_and_what_was_billed_by():
    [report] = read((PAYLOADS / "easypost_shipment_invoice.json").read_bytes())
    declared, billed = report.readings
    assert report.tracking_number == "9400100000000000000014"
    assert (declared.kind, str(declared.value)) == (ReadingKind.DECLARED, "64.00")
    assert (billed.kind, str(billed.value)) == (ReadingKind.BILLED, "81.50")
    assert (billed.unit, billed.grams) == (None, None)
    assert "unit" in billed.why


@pytest.mark.parametrize(
    "details", [None, [], "12", {}, {"weight": None}, {"weight": 0}, {"weight": {"value": 1}}]
)
def test_an_invoice_without_a_weight_tells_nothing(details):
    event = payload("easypost_shipment_invoice.json")
    event["result"] |= {"claimed_details": details, "captured_details": details}
    assert read(event) == []


def test_a_unit_that_an_invoice_s_own_text_names_is_believed():
    event = payload("easypost_shipment_invoice.json")
    event["result"]["captured_details"]["weight"] = "49.20LBS"
    [report] = read(event)
    assert (report.readings[1].unit, report.readings[1].grams) == ("LBS", 22317)


def test_an_invoice_without_a_tracking_number_is_unreadable():
    event = payload("easypost_shipment_invoice.json")
    del event["result"]["tracking_code"]
    with pytest.raises(Unreadable):
        read(event)


@pytest.mark.parametrize("kind", ["batch.created", "payment.failed", "insurance.purchased", "new"])
def test_other_events_are_of_no_concern(kind):
    assert read({"id": "evt_1", "description": kind, "result": {"id": "x"}}) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"nope", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"[" * 100_000, ""),
        (b"{}", "/description"),
        (b'{"description": 7}', "/description"),
        (b'{"description": "tracker.created"}', "/result"),
        (b'{"description": "shipment.invoice.updated", "result": []}', "/result"),
    ],
)
def test_what_cannot_be_understood_says_where(body, pointer):
    with pytest.raises(Unreadable) as unreadable:
        read(body)
    assert unreadable.value.pointer == pointer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
TIMES = st.sampled_from(["2026-03-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-03-01"]) | JSON
STATUSES = st.sampled_from(["delivered", "in_transit", "unknown"]) | JSON


def objects(**fields):
    return st.fixed_dictionaries({}, optional=fields)


DETAIL = objects(
    status=STATUSES,
    datetime=TIMES,
    message=JSON,
    tracking_location=JSON | objects(city=JSON, zip=JSON, country=JSON),
)
RESULT = objects(
    tracking_code=st.just("EZ1") | JSON,
    status=STATUSES,
    updated_at=TIMES,
    weight=JSON,
    signed_by=JSON,
    tracking_details=JSON | st.lists(DETAIL | JSON, max_size=3),
    claimed_details=JSON | objects(weight=JSON),
)
EVENT = objects(
    description=st.sampled_from(["tracker.updated", "shipment.invoice.created"]) | JSON,
    result=RESULT | JSON,
    created_at=TIMES,
)


@settings(deadline=None)
@given(EVENT | JSON)
def test_no_json_raises_anything_but_unreadable(event):
    try:
        reports = read(event)
    except Unreadable:
        return
    for report in reports:
        repr(report).encode()
        assert "\\x00" not in repr(report)


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_raise_anything_but_unreadable(body):
    with pytest.raises(Unreadable):
        read(body)


# --- the list of providers


def test_every_provider_is_known_by_its_name():
    assert {name: each.name for name, each in PROVIDERS.items()} == {n: n for n in PROVIDERS}
    assert all(each.title for each in PROVIDERS.values())
    with pytest.raises(KeyError):
        get("pigeon_post")


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_header_names_are_lower_case(name):
    headers = get(name).signature_headers
    assert headers
    assert all(each == each.lower() for each in headers)
