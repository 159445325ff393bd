"""Which terms and tariffs are in force, and what is judged by them."""

from datetime import date

import pytest

from app.kit.db import Context
from app.vendors import service as vendors
from app.vendors.rules import Area, Role
from app.vendors.terms import Anchor, TariffKind
from tests.vendors.documents import put, put_tariff


@pytest.fixture
async def session(runtime):
    info = {"context": Context(runtime.clock, "tests")}
    async with runtime.sessions(info=info) as opened:
        yield opened


async def vendor_id(session):
    return (await vendors.get(session, "bigdist")).id


async def test_the_latest_terms_that_had_begun_are_in_force_and_a_product_lines_own_come_first(
    client, bigdist, session
):
    await put(client, "all/1")
    await put(client, "all/2", valid_from="2026-06-01")
    await put(client, "switches", valid_from="2026-03-01", product_line="Switches", terms={})
    identity = await vendor_id(session)

    async def key(on, line=None, role=Role.DISTRIBUTOR):
        found = await vendors.terms_in_force(
            session,
            vendor_id=identity,
            role=role,
            product_line=line,
            on=date.fromisoformat(on),
        )
        return found.key if found else None

    assert await key("2025-12-31") is None
    assert await key("2026-01-01") == "all/1"
    assert await key("2026-05-31") == "all/1"
    assert await key("2026-06-01") == "all/2"
    assert await key("2026-02-28", "Switches") == "all/1"
    assert await key("2026-03-01", "Switches") == "switches"
    assert await key("2026-07-01", "Switches") == "switches"
    assert await key("2026-07-01", "Routers") == "all/2"
    assert await key("2026-07-01", role=Role.MANUFACTURER) is None


async def test_what_a_product_lines_terms_leave_unset_is_unknown_even_if_others_set_it(
    client, bigdist, session
):
    await put(client, "all")
    await put(client, "switches", product_line="Switches", terms={})
    found = await vendors.terms_in_force(
        session,
        vendor_id=await vendor_id(session),
        role=Role.DISTRIBUTOR,
        product_line="Switches",
        on=date(2026, 3, 1),
    )
    assert found.terms.shortage_notice is None


async def test_the_nearest_tariff_is_in_force(client, session):
    await put_tariff(client, "all")
    await put_tariff(client, "abroad", area="international")
    await put_tariff(client, "air", service="Next Day Air")
    await put_tariff(client, "later", valid_from="2026-06-01")

    async def key(on="2026-03-01", kind=TariffKind.DAMAGE_OR_MISSING_CONTENTS, **carriage):
        found = await vendors.tariff_in_force(
            session,
            carriage=vendors.Carriage("ups", **carriage),
            kind=kind,
            on=date.fromisoformat(on),
        )
        return found.key if found else None

    assert await key() == "all"
    assert await key("2025-12-31") is None
    assert await key("2026-06-01") == "later"
    assert await key(area=Area.INTERNATIONAL) == "abroad"
    assert await key(area=Area.DOMESTIC) == "all"
    assert await key(service="Next Day Air", area=Area.INTERNATIONAL) == "air"
    assert await key(service="Ground") == "all"
    assert await key(kind=TariffKind.NON_DELIVERY) is None


async def test_a_denial_is_judged_and_deadlines_are_told_by_what_is_in_force(
    client, bigdist, session
):
    await put(client, "bigdist/2026")
    await put_tariff(client, "ups/us")
    door = vendors.Door(await vendor_id(session), Role.DISTRIBUTOR, on=date(2026, 1, 5))
    known = vendors.Facts(
        dates={Anchor.DELIVERY: date(2026, 1, 12)},
        reported=date(2026, 5, 8),
        sides={"shipper_of_record": "vendor"},
    )
    judged = await vendors.judge_denial(
        session,
        door=door,
        ground="contact_the_carrier",
        claim_kind=vendors.ClaimKind.SHORT_SHIPMENT,
        facts=known,
        carriage=vendors.Carriage("ups"),
    )
    assert (judged.terms.key, judged.tariff.key) == ("bigdist/2026", "ups/us")
    assert "it is the vendor who must file" in judged.judgement.why
    assert judged.judgement.next_best.ground == "shortage_notice_window"
    assert judged.judgement.next_best.standing == "missed"
    told = await vendors.deadlines(
        session,
        door=door,
        claim_kind=vendors.ClaimKind.SHORT_SHIPMENT,
        facts=known,
        carriage=vendors.Carriage("ups"),
    )
    assert [each.last_on for each in told.vendor] == [date(2026, 1, 13), None]
    assert [each.last_on for each in told.carrier] == [date(2026, 3, 13), None]
    assert told.filing.vendor_owes


async def test_without_terms_in_force_everything_is_unknown(client, bigdist, session):
    door = vendors.Door(await vendor_id(session), Role.DISTRIBUTOR, on=date(2026, 1, 5))
    judged = await vendors.judge_denial(
        session,
        door=door,
        ground="shortage_notice_window",
        claim_kind=vendors.ClaimKind.SHORT_SHIPMENT,
        facts=vendors.Facts(),
        carriage=vendors.Carriage("ups"),
    )
    assert judged.judgement.applicable == "unknown"
    assert (judged.terms, judged.tariff) == (None, None)
