"""Our right to file ends on a day, as the supplier counts it; then the claim expires."""

from tests.price_protection.room import notice


async def test_a_claim_that_nobody_files_expires_and_may_be_filed_late(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    claims.clock.advance(days=31)
    late = await claims.file(claim)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/filed-too-late")
    claim = await claims.again(claim)
    assert claim["state"] == "expired"
    assert (await claims.file(claim, although_late=True)).status_code == 201


async def test_what_was_filed_in_time_and_told_later_is_in_time(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    claims.clock.advance(days=31)
    claim = await claims.again(claim)
    assert claim["state"] == "expired"
    assert (await claims.file(claim, filed_at="2026-03-30T09:00:00Z")).status_code == 201
    (right,) = await claims.get_deadlines("used")
    assert right["last_on"] == "2026-03-31"


async def in_los_angeles(claims):
    week = {"monday": [{"opens": "09:00", "closes": "17:00"}]}
    calendar = {"time_zone": "America/Los_Angeles", "week": week, "vendors": ["bigdist"]}
    answer = await claims.room.erp.put("calendars/big", calendar)
    assert answer.is_success, answer.text


async def test_the_last_day_ends_where_the_supplier_counts_its_days(claims):
    await in_los_angeles(claims)
    await claims.room.buy("PO-1")
    claim = await claims.open()
    assert claim["file_by_on"] == "2026-03-31"
    (right,) = await claims.get_deadlines("open")
    assert right["last_at"].startswith("2026-04-01T06:59:59")
    claims.clock.advance(days=29, hours=20)
    assert claims.clock.now().isoformat().startswith("2026-04-01T05")
    claim = await claims.again(claim)
    assert (claim["state"], claim["advice"]["days_left"]) == ("computed", 0)
    early = {"filed_at": "2026-04-01T04:00:00Z"}
    assert (await claims.file(claim, **early)).status_code == 201
    assert len(await claims.get_deadlines("used")) == 1


async def test_a_calendar_that_is_told_later_moves_the_end_of_the_last_day(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    await in_los_angeles(claims)
    assert (await claims.again(claim))["file_by_on"] == "2026-03-31"
    (right,) = await claims.get_deadlines("open")
    assert right["last_at"].startswith("2026-04-01T06:59:59")


async def test_a_claim_that_expired_by_a_wrong_day_can_be_filed_after_the_correction(claims):
    await claims.room.buy("PO-1", on="2026-01-10", receipts=[{"on": "2026-01-11", "quantity": 10}])
    claim = await claims.open(effective_on="2026-01-20")
    claim = await claims.again(claim)
    assert (claim["state"], claim["file_by_on"]) == ("expired", "2026-02-19")
    path = f"/v1/price-protection/notices/{claim['notice_id']}"
    corrected = notice(effective_on="2026-02-01")
    assert (await claims.client.put(path, json=corrected)).is_success
    claim = await claims.again(claim)
    assert (claim["state"], claim["file_by_on"]) == ("computed", "2026-03-03")
    (right,) = await claims.get_deadlines("open")
    assert right["last_on"] == "2026-03-03"
    assert [each["claim_ids"] for each in await claims.get("filings/proposals")] == [[claim["id"]]]


async def test_a_last_day_that_no_term_tells_any_more_is_no_deadline(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    await claims.room.grant(file_within=None)
    claim = await claims.again(claim)
    assert (claim["state"], claim["file_by_on"]) == ("computed", None)
    assert await claims.get_deadlines("open") == []


async def test_what_is_told_after_its_last_day_is_shown_as_expired(claims):
    claims.clock.advance(days=40)
    await claims.room.buy("PO-1")
    claim = await claims.open()
    assert (claim["file_by_on"], claim["state"]) == ("2026-03-31", "expired")
    assert (await claims.get("filings/proposals")) == []
