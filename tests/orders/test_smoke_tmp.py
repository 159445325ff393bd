async def test_smoke(client, run_jobs):
    async def put(url, body):
        r = await client.put(url, json=body); print(r.status_code, r.text[:1500]); return r
    await put("/v1/vendors/acme", {"name":"Acme","roles":["manufacturer"]})
    await put("/v1/vendors/bigdist", {"name":"Big","roles":["distributor"]})
    await put("/v1/products/R900", {"name":"R900","manufacturer":"acme","part_numbers":[{"kind":"distributor","vendor":"bigdist","number":"B7-1"}],"unit_weight":{"weight":{"value":"1.250","unit":"kg"},"spread":{"value":"0.4","unit":"g"},"source":"catalog"}})
    await put("/v1/customers/C1", {"name":"Dana","email":"Dana@example.com"})
    line={"key":"10","product":"R900","quantity":2,"unit_price":{"amount":"129.00","currency":"USD"},"drop_ship":{"customer":"C1","address":{"city":"X"}},"customer_order_number":"SO-1"}
    await put("/v1/purchase-orders/PO%2F1", {"supplier":"bigdist","lines":[line]})
    await put("/v1/shipments/S1", {"shipped_at":"2026-02-27T16:40:00-06:00","shipper_of_record":{"kind":"vendor","key":"bigdist"},"packages":[{"key":"1","tracking_number":"1Z 99","contents":[{"purchase_order":"PO/1","line":"10","quantity":2,"serials":["a","b"]}],"tare":{"value":"0.35","unit":"KGS"}}]})
    await put("/v1/shipments/S2", {"packages":[{"key":"1","contents":[{"purchase_order":"PO/1","line":"10","quantity":1}]}]})
    await put("/v1/purchase-orders/PO%2F1", {"supplier":"bigdist","lines":[line|{"quantity":1}]})
    for u in ("purchase-orders?supplier=bigdist&customer=C1&customer_order_number=SO-1&product=R900&serial=A&tracking_number=1z99","shipments?purchase_order=PO/1&tracking_number=1z-99&serial=A&customer=C1","customers?email=dana@EXAMPLE.com","products?part_number=b71&manufacturer=acme"):
        r = await client.get("/v1/"+u); print(r.status_code, r.text[:900])
    await run_jobs()
    print((await client.get("/v1/events")).text)
    bad = await put("/v1/shipments/S3", {"shipped_at":"0001-01-01T00:00:00+14:00","packages":[{"key":"1"}]})
    bad = await put("/v1/shipments/S3", {"as_of":"0001-01-01T00:00:00+14:00","packages":[{"key":"1"}]})
    bad = await put("/v1/shipments/S4", {"shipped_at":"9999-12-31T23:59:59-14:00","packages":[{"key":"1"}]})
    bad = await put("/v1/purchase-orders/S4", {"supplier":"nope","ordered_on":"0001-01-01","lines":[line|{"product":"x"}]})
    bad = await put("/v1/products/pw", {"name":"x","unit_weight":{"weight":{"value":"0.0001","unit":"mg"},"spread":{"value":"999999999999999.9999","unit":"kg"},"source":"measured"}})
    bad = await put("/v1/products/pw", {"name":"x","unit_weight":{"weight":{"value":"0.0001","unit":"mg"},"spread":{"value":"1000","unit":"kg"},"source":"measured"}})
