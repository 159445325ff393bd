"""Terms and tariffs as an ERP tells them, whole and valid."""

NOTICE = {"window": {"value": 48, "unit": "hours", "anchor": "delivery"}}
DOC = {
    "vendor": "bigdist",
    "role": "distributor",
    "valid_from": "2026-01-01",
    "terms": {"source": "Terms of sale", "shortage_notice": NOTICE, "is_non_returnable": False},
}
TARIFF = {
    "carrier": "ups",
    "kind": "damage_or_missing_contents",
    "valid_from": "2026-01-01",
    "terms": {
        "report_within": {"value": 60, "unit": "days", "anchor": "delivery"},
        "may_file": ["shipper_of_record"],
    },
}


async def put(client, key, document=DOC, **more):
    answer = await client.put(f"/v1/vendor-terms/{key}", json=document | more)
    assert answer.is_success, answer.text
    return answer


async def put_tariff(client, key, **more):
    answer = await client.put(f"/v1/carrier-tariffs/{key}", json=TARIFF | more)
    assert answer.is_success, answer.text
    return answer
