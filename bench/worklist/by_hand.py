"""The same by hand: what somebody would write who wants just this."""

PAGE = 51
WORKLIST = f"""
SELECT * FROM obligations WHERE state IN ('conditional', 'open', 'broken')
ORDER BY attend_at, id LIMIT {PAGE}
"""
EXPOSURE = """
WITH claim AS (
    SELECT o.id, debtor, due_at, loss_id, alternatives_id,
        coalesce(currency, unit_value_currency) AS unit, currency IS NOT NULL AS is_money,
        greatest(owed - performed, 0) * CASE WHEN currency IS NULL THEN unit_value_amount ELSE 1 END
            AS value
    FROM obligations o WHERE state IN ('open', 'broken') AND creditor = 'us'
), made_good AS (
    SELECT loss_id, sum(quantity) AS units, sum(amount) AS amount FROM allocations
    WHERE loss_id IN (SELECT loss_id FROM claim) GROUP BY loss_id
), grouped AS (
    SELECT alternatives_id FROM claim WHERE alternatives_id <> id
), counted AS (
    SELECT debtor, unit, due_at, is_money, value, value AS counted FROM claim
    WHERE loss_id IS NULL AND alternatives_id NOT IN (SELECT alternatives_id FROM grouped)
    UNION ALL
    SELECT debtor, unit, due_at, is_money, value, greatest(least(value, coalesce(CASE
        WHEN l.value_currency = unit THEN greatest(l.value_amount
        - l.value_amount * coalesce(m.units::numeric / l.quantity, 0) - coalesce(m.amount, 0), 0)
        END, max(value) OVER same)
            - coalesce(sum(value) OVER (same ORDER BY value DESC, due_at, c.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0)
    FROM claim c LEFT JOIN losses l ON l.id = c.loss_id LEFT JOIN made_good m ON m.loss_id = l.id
    WHERE c.loss_id IS NOT NULL OR alternatives_id IN (SELECT alternatives_id FROM grouped)
    WINDOW same AS (PARTITION BY coalesce(c.loss_id, alternatives_id), unit)
)
SELECT debtor, unit, CASE WHEN due_at IS NULL THEN 'none'
    WHEN due_at < $1::timestamptz - interval '90 days' THEN '90'
    WHEN due_at < $1::timestamptz - interval '60 days' THEN '60'
    WHEN due_at < $1::timestamptz - interval '30 days' THEN '30'
    WHEN due_at < $1::timestamptz THEN '0' ELSE 'not due' END AS age,
    sum(counted) FILTER (WHERE is_money), sum(counted) FILTER (WHERE NOT is_money),
    sum(value - counted), count(*)
FROM counted GROUP BY 1, 2, 3
"""
# The sums that are kept, by hand: nothing is stale, and no age ends within a day.
SUMS = """
SELECT debtor, currency, CASE WHEN day IS NULL THEN 'none'
    WHEN day < $1::timestamptz - interval '90 days' THEN '90'
    WHEN day < $1::timestamptz - interval '60 days' THEN '60'
    WHEN day < $1::timestamptz - interval '30 days' THEN '30'
    WHEN day < $1::timestamptz THEN '0' ELSE 'not due' END AS age,
    sum(money), sum(goods), sum(elsewhere), sum(obligations)
FROM exposure_sums GROUP BY 1, 2, 3
"""
CHANGE = """
UPDATE obligations SET performed = performed + 1 WHERE id IN (
    SELECT id FROM obligations WHERE state = 'open' AND creditor = 'us' ORDER BY due_at LIMIT 100)
"""
