import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from app.carriers.providers import SignatureRefused, Unreadable, get
from app.carriers.providers.standard_webhooks_payload import ParcelMessage
from app.carriers.providers.values import TIME_NOT_TOLD
from app.parcels.reports import Place, ProofReport, ReadingKind, ScanStatus

PAYLOADS = Path(__file__).parent / "payloads"
STANDARD = get("standard_webhooks")
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()

# Published: standard-webhooks/standard-webhooks@b2fa7b8 libraries/python/tests/test_webhooks.py.
PUBLISHED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED_BODY = b'{"test": 2432232314}'
PUBLISHED_AT = datetime.fromtimestamp(1614265330, UTC)
PUBLISHED_HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def signed(body, *, secret=SECRET, at=NOW, message_id="msg_1", kind="webhook", signature=None):
    """Sign with the reference library, so that ours is held against another's."""
    signature = signature or Webhook(secret).sign(message_id, at, body.decode())
    return {
        f"{kind}-id": message_id,
        f"{kind}-timestamp": str(int(at.timestamp())),
        f"{kind}-signature": signature,
    }


def verify(headers, body=b"{}", *secrets, now=NOW):
    STANDARD.verify(headers=headers, body=body, secrets=secrets or [SECRET], now=now)


def read(message, received_at=NOW):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return STANDARD.read(headers={}, body=body, received_at=received_at)


def told(kind, timestamp="2026-03-05T09:00:00Z", **data):
    return {"type": kind, "timestamp": timestamp, "data": {"tracking_number": "7712", **data}}


def scanned(**data):
    return told("parcel.scanned", **({"occurred_at": "2026-03-04T10:00:00Z"} | data))


def weighed(weight, **data):
    return told("parcel.weighed", weight=weight, **data)


# --- signature


def test_the_published_signature_verifies():
    verify(PUBLISHED_HEADERS, PUBLISHED_BODY, PUBLISHED_SECRET, now=PUBLISHED_AT)


def test_what_the_reference_library_signs_verifies():
    verify(signed(b'{"a": "\xc3\xbc"}'), b'{"a": "\xc3\xbc"}')


def test_svix_names_of_the_headers_are_understood():
    verify(signed(b"{}", kind="svix"))


def test_the_two_families_of_names_are_not_mixed():
    headers = signed(b"{}", kind="svix") | {"webhook-id": "msg_other"}
    with pytest.raises(SignatureRefused):
        verify(headers)


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_either_of_two_secrets_fits_while_they_rotate(secrets):
    verify(signed(b"{}"), b"{}", *secrets)


def test_any_signature_of_a_list_may_fit_and_bad_ones_are_passed_over():
    good = signed(b"{}")["webhook-signature"]
    listed = f"v1 v1, v1,?? v1a,AAAA v2,{good[3:]} , {good} v1,AAAA"
    verify(signed(b"{}", signature=listed))


@pytest.mark.parametrize("version", ["v1a", "v2", "V1", ""])
def test_a_signature_of_another_version_does_not_count(version):
    good = signed(b"{}")["webhook-signature"]
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}", signature=good.replace("v1", version)))


@pytest.mark.parametrize("change", ["body", "id", "timestamp", "secret"])
def test_whatever_is_signed_cannot_be_changed(change):
    headers, body, secret = signed(b"{}"), b"{}", SECRET
    if change == "body":
        body = b"{} "
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    elif change == "timestamp":
        headers["webhook-timestamp"] = str(int(NOW.timestamp()) + 1)
    else:
        secret = OTHER
    with pytest.raises(SignatureRefused):
        verify(headers, body, secret)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_tolerated(seconds):
    verify(signed(b"{}", at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(("seconds", "word"), [(-301, "old"), (301, "new")])
def test_a_second_more_is_too_much(seconds, word):
    with pytest.raises(SignatureRefused, match=word):
        verify(signed(b"{}", at=NOW + timedelta(seconds=seconds)))


def test_a_dot_in_the_id_is_refused_since_it_could_shift_what_is_signed():
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}", message_id="msg.1"))


@pytest.mark.parametrize("blank", [" ", "\t", "\xa0", "\x85"])
def test_an_id_with_a_blank_is_another_id_so_that_no_replay_gets_a_new_key(blank):
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}") | {"webhook-id": f"msg_1{blank}"})


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "1e9", "\u0661\u0662", "9" * 400, "1775044800.0", " "]
)
def test_an_absurd_timestamp_is_refused(timestamp):
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}") | {"webhook-timestamp": timestamp})


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(name):
    headers = signed(b"{}")
    del headers[name]
    with pytest.raises(SignatureRefused):
        verify(headers)


def test_a_body_that_is_no_utf8_is_verified_as_the_bytes_it_is():
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}"), b"\xff\xfe")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_=", "whsec_?", "\ud800"])
def test_a_stored_secret_that_is_none_fits_nothing(secret):
    with pytest.raises(SignatureRefused):
        verify(signed(b"{}"), b"{}", secret)


ODD = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["v1,AAAA", "v1,", ",", "v1", str(int(NOW.timestamp())), "msg_1"]
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(STANDARD.signature_headers), ODD),
    st.binary(),
    st.lists(ODD, max_size=2),
)
@example({"webhook-id": "a", "webhook-timestamp": "\u0661", "webhook-signature": "v1"}, b"", [])
def test_no_headers_body_or_secrets_raise_anything_but_a_refusal(headers, body, secrets):
    with pytest.raises(SignatureRefused):
        STANDARD.verify(headers=headers, body=body, secrets=secrets, now=NOW)


@pytest.mark.parametrize("secret", [SECRET, PUBLISHED_SECRET, SECRET.rstrip("=")])
def test_a_secret_as_the_sender_shows_it_is_taken(secret):
    STANDARD.check_secret(secret)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        SECRET.removeprefix("whsec_"),
        "whsec_AAAA",
        "whsec_" + "A" * 100,
        SECRET.replace("whsec_", "whpk_"),
        SECRET + "\n",
        "whsec_\u00e9" + "A" * 40,
    ],
)
def test_a_secret_that_cannot_be_right_is_refused_in_words(secret):
    with pytest.raises(ValueError, match="whsec_"):
        STANDARD.check_secret(secret)


# --- the key of a delivery


@pytest.mark.parametrize("kind", ["webhook", "svix"])
def test_the_webhook_id_is_the_key(kind):
    assert STANDARD.dedup_key(headers=signed(b"{}", kind=kind), body=b"{}") == "msg_1"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b", "\ud800"])
def test_an_absurd_or_missing_id_is_no_key(key):
    assert STANDARD.dedup_key(headers={"webhook-id": key}, body=b"{}") is None
    assert STANDARD.dedup_key(headers={}, body=b"{}") is None


# --- messages


def test_a_scan_is_read_in_full_and_unknown_fields_are_passed_over():
    [report] = read((PAYLOADS / "parcel_scanned.json").read_bytes())
    assert (report.tracking_number, report.carrier) == ("771234005566", "FedEx")
    [only] = report.scans
    assert only.occurred_at == datetime(2026, 3, 4, 16, 18, tzinfo=UTC)
    assert (only.status, only.raw_status) == (ScanStatus.IN_TRANSIT, "In-Transit")
    assert only.status_detail == "arrived_at_facility"
    assert only.message == "Arrived at carrier location"
    assert only.place == Place(
        city="Edison",
        region="NJ",
        country="US",
        latitude=Decimal("40.518712"),
        longitude=Decimal("-74.412100"),
    )
    assert (report.readings, report.proofs, report.is_return) == ((), (), None)


def test_a_weight_of_a_known_scale_is_measured_to_its_step():
    [report] = read((PAYLOADS / "parcel_weighed.json").read_bytes())
    [reading] = report.readings
    assert reading.kind is ReadingKind.MEASURED
    assert str(reading.value) == "12.40"
    assert (reading.unit, reading.grams) == ("LBS", 5625)
    assert reading.resolution_g == Decimal("22.6796185")
    assert reading.measured_at == datetime(2026, 3, 3, 9, 12, 40, tzinfo=UTC)
    assert reading.scale == "Dock 3 belt"
    assert reading.place == Place(text="Warehouse 2, dock 3")
    assert report.scans == ()


def test_a_delivery_is_a_scan_and_a_proof():
    [report] = read((PAYLOADS / "parcel_delivered.json").read_bytes())
    at = datetime(2026, 3, 5, 14, 1, 30, tzinfo=UTC)
    [scan], [proof] = report.scans, report.proofs
    assert (scan.status, scan.occurred_at) == (ScanStatus.DELIVERED, at)
    assert proof == ProofReport(
        delivered_at=at,
        signed_by="R. Okafor",
        left_at="front door",
        place=scan.place,
        photo_url="https://carrier.example/photos/771234005566.jpg",
        # A link that is no web address could be run by whoever opens it.
        signature_url=None,
    )
    assert proof.place == Place(
        street="18 Juniper Court", city="Dover", region="DE", postal_code="19901", country="US"
    )


SCALE = {"name": "Belt", "resolution": {"value": "1", "unit": "oz"}}


@pytest.mark.parametrize(
    ("scale", "kind"),
    [
        (SCALE | {"kind": "measured"}, ReadingKind.MEASURED),
        (SCALE, ReadingKind.MEASURED),
        ({"name": "Belt", "kind": "measured"}, ReadingKind.MEASURED),
        ({"name": "Belt"}, ReadingKind.UNKNOWN),
        ({"resolution": SCALE["resolution"]}, ReadingKind.UNKNOWN),
        ({"name": "Belt", "resolution": {"value": 0, "unit": "oz"}}, ReadingKind.UNKNOWN),
        ({"name": "Belt", "resolution": {"value": 1, "unit": "cm"}}, ReadingKind.UNKNOWN),
        ({"name": "Belt", "resolution": {"value": 1}}, ReadingKind.UNKNOWN),
        ({"kind": "measured"}, ReadingKind.CARRIER_REPORTED),
        ({"kind": "Billed"}, ReadingKind.BILLED),
        (SCALE | {"kind": "declared"}, ReadingKind.DECLARED),
        ({"kind": "dimensional"}, ReadingKind.DIMENSIONAL),
        (SCALE | {"kind": "unknown"}, ReadingKind.UNKNOWN),
        ({"kind": "guessed"}, ReadingKind.UNKNOWN),
        (None, ReadingKind.UNKNOWN),
        ("a scale", ReadingKind.UNKNOWN),
    ],
)
def test_a_weight_is_believed_as_far_as_its_scale_is_known(scale, kind):
    [report] = read(weighed({"value": "1.5", "unit": "kg"}, scale=scale))
    assert report.readings[0].kind is kind
    assert report.readings[0].why.endswith(".")


def test_every_kind_of_reading_has_its_reason():
    whys = set()
    for kind in ReadingKind:
        [report] = read(weighed({"value": 1, "unit": "g"}, scale={"kind": kind}))
        whys.add(report.readings[0].why)
    assert len(whys) == len(ReadingKind)


@pytest.mark.parametrize("number", [b"12.40", b'"12.40"'])
def test_every_digit_of_a_weight_is_kept(number):
    body = json.dumps(weighed({"value": "W", "unit": "lb"})).encode().replace(b'"W"', number)
    [report] = read(body)
    assert str(report.readings[0].value) == "12.40"


def test_a_weight_in_a_unit_nobody_knows_has_no_grams():
    [report] = read(weighed({"value": "2", "unit": "stone"}))
    assert (report.readings[0].unit, report.readings[0].grams) == ("stone", None)


@pytest.mark.parametrize(
    ("weight", "pointer"),
    [
        (None, "/data/weight"),
        ("12 lb", "/data/weight"),
        ({}, "/data/weight/value"),
        ({"value": 0}, "/data/weight/value"),
        ({"value": -1}, "/data/weight/value"),
        ({"value": True}, "/data/weight/value"),
        ({"value": "NaN"}, "/data/weight/value"),
        ({"value": "1e999999"}, "/data/weight/value"),
        ({"value": "12 lb"}, "/data/weight/value"),
    ],
)
def test_a_weighing_without_a_weight_says_where_it_is_missing(weight, pointer):
    with pytest.raises(Unreadable) as unreadable:
        read(weighed(weight))
    assert unreadable.value.pointer == pointer


@pytest.mark.parametrize("kind", ["parcel.scanned", "parcel.delivered"])
def test_without_a_time_of_its_own_an_event_takes_the_message_s_and_says_so(kind):
    [report] = read(told(kind, occurred_at="soon", delivered_at=[]))
    [only] = report.scans
    assert only.occurred_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert only.message == TIME_NOT_TOLD
    assert all(proof.delivered_at is None for proof in report.proofs)


@pytest.mark.parametrize(
    ("kind", "pointer"),
    [("parcel.scanned", "/data/occurred_at"), ("parcel.delivered", "/data/delivered_at")],
)
@pytest.mark.parametrize("timestamp", [None, "2100-01-01T00:00:00Z"])
def test_without_any_time_an_event_is_unreadable(kind, pointer, timestamp):
    with pytest.raises(Unreadable) as unreadable:
        read(told(kind, timestamp=timestamp))
    assert unreadable.value.pointer == pointer


def test_odd_parts_cost_nothing_but_themselves():
    place = {"street": 5, "city": "Dover\x00", "latitude": 91, "longitude": "east", "country": []}
    odd = scanned(carrier=7, status=None, status_detail={}, message=[], place=place)
    [report] = read(odd)
    [only] = report.scans
    assert report.carrier is None
    assert only.status == ScanStatus.UNKNOWN
    assert (only.status_detail, only.message) == (None, None)
    assert only.place == Place(city="Dover\ufffd")


@pytest.mark.parametrize("place", [None, [], "Dover", {}, {"city": " "}])
def test_a_place_that_says_nothing_is_none(place):
    [report] = read(scanned(place=place))
    assert report.scans[0].place is None


@pytest.mark.parametrize("number", [None, "", " - ", 7712, "x" * 101])
def test_a_message_without_a_tracking_number_is_unreadable(number):
    with pytest.raises(Unreadable) as unreadable:
        read(scanned(tracking_number=number))
    assert unreadable.value.pointer == "/data/tracking_number"


@pytest.mark.parametrize("kind", ["parcel.lost", "invoice.paid", ""])
def test_other_messages_are_of_no_concern(kind):
    assert read({"type": kind}) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"[1]", ""),
        (b"{}", "/type"),
        (b'{"type": ["parcel.scanned"]}', "/type"),
        (b'{"type": "parcel.scanned"}', "/data"),
        (b'{"type": "parcel.weighed", "data": []}', "/data"),
        (b'{"type": "parcel.scanned", "data": {}}', "/data/tracking_number"),
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


def objects(**fields):
    return st.fixed_dictionaries({}, optional=fields)


PLACE = objects(text=JSON, street=JSON, latitude=JSON, longitude=JSON)
AMOUNT = objects(value=st.decimals().map(str) | JSON, unit=st.just("lb") | JSON)
DATA = objects(
    tracking_number=st.just("7712") | JSON,
    carrier=JSON,
    occurred_at=st.datetimes().map(datetime.isoformat) | JSON,
    delivered_at=JSON,
    status=JSON,
    left_at=JSON,
    photo_url=JSON,
    place=PLACE | JSON,
    weight=AMOUNT | JSON,
    scale=JSON | objects(name=JSON, kind=JSON, resolution=AMOUNT | JSON),
)
MESSAGE = objects(
    type=st.sampled_from(["parcel.scanned", "parcel.weighed", "parcel.delivered"]) | JSON,
    timestamp=st.just("2026-03-05T09:00:00Z") | JSON,
    data=DATA | JSON,
)


@settings(deadline=None)
@given(MESSAGE | JSON)
def test_no_json_raises_anything_but_unreadable(message):
    try:
        reports = read(message)
    except Unreadable:
        return
    for report in reports:
        repr(report).encode()
        assert "\\x00" not in repr(report)


# --- the documentation


def models(schema):
    return schema["$defs"] | {"": schema}


def test_every_field_is_described_and_every_message_has_an_example_that_reads():
    schema = TypeAdapter(ParcelMessage).json_schema()
    examples = []
    for name, model in schema["$defs"].items():
        examples += model.get("examples", [])
        for field, said in model.get("properties", {}).items():
            assert said.get("description"), f"{name}.{field}"
    assert len(examples) == 3
    for example_ in examples:
        assert len(read(example_)) == 1
