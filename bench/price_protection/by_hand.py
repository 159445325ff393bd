"""The same question, asked for these terms alone: nothing is looked up that they do not need."""

from bench.price_protection.filling import NOTICE, VENDOR

# What a level computes is computed once for each row: nothing moves past `OFFSET 0`.
BY_HAND = f"""
INSERT INTO price_exposure (notice_id, purchase_line_id, first_unit, quantity, position, product_id,
    supplier_id, terms_no, place, eligibility, reason, bought_on, unit_price, unit_credit, amount,
    capped)
SELECT '{NOTICE}', x.id, x.after + 1, x.until - x.after, x.position, x.product_id, '{VENDOR}', 1,
    x.place, CASE WHEN x.reason = 'eligible' THEN 'eligible' ELSE 'left_out' END, x.reason,
    x.ordered_on, x.unit_price_amount,
    CASE WHEN x.reason = 'eligible' THEN x.credit ELSE 0 END,
    CASE WHEN x.reason = 'eligible' THEN round((x.until - x.after) * x.credit, 2) ELSE 0 END, 0
FROM (
    SELECT here.*, s.place, s.after, s.until, CASE
        WHEN s.place IN ('unshipped', 'returned', 'lost') THEN s.place
        WHEN here.ordered_on < DATE '2026-03-01' - 30 THEN 'before_window'
        WHEN s.place = 'sold' THEN 'place_not_reached'
        WHEN here.credit <= 0 THEN 'paid_no_more'
        ELSE 'eligible' END AS reason
    FROM (
        SELECT gone.*, CASE WHEN gone.dropped THEN gone.gone
            ELSE greatest(gone.gone, least(gone.arrived, gone.quantity)) END AS here
        FROM (
            SELECT cut.*, cut.sold1 + cut.back1 + cut.lost1 AS gone
            FROM (
                SELECT f.*, least(f.back, f.shipped) AS back1,
                    least(f.lost, f.shipped - least(f.back, f.shipped)) AS lost1,
                    CASE WHEN f.dropped THEN 0 ELSE least(f.sold, f.shipped
                        - least(f.back, f.shipped)
                        - least(f.lost, f.shipped - least(f.back, f.shipped))) END AS sold1
                FROM (
                    SELECT l.id, n.position, l.product_id, l.quantity, l.unit_price_amount,
                        o.ordered_on, l.drop_ship_address IS NOT NULL AS dropped,
                        greatest(l.unit_price_amount - n.new_price, 0) AS credit,
                        greatest(m.arrived, r.units) AS arrived,
                        least(l.quantity, greatest(m.shipped, m.arrived, r.units)) AS shipped,
                        least(b.units, l.quantity) AS sold, k.units AS back, g.units AS lost
                    FROM price_notice_lines n
                    JOIN purchase_lines l ON l.product_id = n.product_id
                        AND l.placed_on BETWEEN DATE '2026-03-01' - 60 AND DATE '2026-02-28'
                    JOIN purchase_orders o ON o.id = l.purchase_order_id
                        AND o.supplier_id = '{VENDOR}'
                    CROSS JOIN LATERAL (
                        SELECT coalesce(sum(c.quantity), 0)::int AS shipped,
                            coalesce(sum(c.quantity) FILTER (WHERE p.delivered_at < '2026-03-01Z'),
                                0)::int AS arrived
                        FROM package_contents c
                        JOIN packages a ON a.id = c.package_id AND a.removed_at IS NULL
                        JOIN shipments h ON h.id = a.shipment_id AND h.cancelled_at IS NULL
                        LEFT JOIN parcel_packages pp ON pp.package_id = a.id
                        LEFT JOIN parcels p ON p.id = pp.parcel_id
                        WHERE c.purchase_line_id = l.id AND h.shipped_at < '2026-03-01Z'
                    ) m
                    CROSS JOIN LATERAL (
                        SELECT coalesce(sum((e ->> 'quantity')::int), 0)::int AS units
                        FROM jsonb_array_elements(l.receipts) e
                        WHERE (e ->> 'on')::date < '2026-03-01'
                    ) r
                    CROSS JOIN LATERAL (
                        SELECT coalesce(sum((e ->> 'quantity')::int), 0)::int AS units
                        FROM jsonb_array_elements(l.sales) e
                        WHERE (e ->> 'on')::date < '2026-03-01'
                    ) b
                    CROSS JOIN LATERAL (
                        SELECT coalesce(sum(v.quantity), 0)::int AS units
                        FROM vendor_document_lines v
                        JOIN vendor_documents d ON d.id = v.document_id
                        WHERE v.purchase_order_key = o.key AND v.purchase_line_key = l.key
                            AND d.kind = 'credit_memo' AND d.cancelled_at IS NULL
                            AND v.rma_lookup IS NOT NULL
                            AND v.rma_lookup !~ '^PPF[0-9]+$'
                    ) d
                    CROSS JOIN LATERAL (
                        SELECT coalesce(sum(z.quantity - z.again) FILTER (WHERE z.kind = 'gone'), 0
                            )::int AS units,
                            coalesce(sum(z.again) FILTER (WHERE z.kind <> 'gone'), 0
                            )::int AS swapped
                        FROM (
                            SELECT z.kind, z.quantity, coalesce((SELECT sum(w.quantity)
                                FROM allocations w WHERE w.loss_id = z.id), 0) AS again
                            FROM losses z
                            WHERE z.purchase_line_id = l.id AND z.quantity IS NOT NULL
                        ) z
                    ) g
                    CROSS JOIN LATERAL (
                        SELECT greatest(coalesce(sum(y.performed), 0)::int - g.swapped,
                            d.units) AS units
                        FROM obligations y
                        WHERE y.purchase_line_id = l.id AND y.kind = 'return_goods'
                            AND y.creditor_id = '{VENDOR}'
                    ) k
                    WHERE n.notice_id = '{NOTICE}' AND l.removed_at IS NULL
                    OFFSET 0
                ) f
                OFFSET 0
            ) cut
            OFFSET 0
        ) gone
        OFFSET 0
    ) here
    CROSS JOIN LATERAL (VALUES
        ('sold', 0, here.sold1), ('returned', here.sold1, here.sold1 + here.back1),
        ('lost', here.sold1 + here.back1, here.gone), ('on_hand', here.gone, here.here),
        ('in_transit', here.here, CASE WHEN here.dropped THEN here.here ELSE here.shipped END),
        ('drop_shipped', CASE WHEN here.dropped THEN here.here ELSE here.shipped END, here.shipped),
        ('unshipped', here.shipped, here.quantity)) AS s (place, after, until)
    WHERE s.after < s.until
    OFFSET 0
) x
"""
