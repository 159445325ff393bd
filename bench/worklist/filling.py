"""A ledger of any size: mostly history, some of it open, a part of that overdue."""

import asyncpg

# Of the open ones a tenth pursues one loss in pairs; a tenth are goods at our cost.
FILL = """
INSERT INTO obligations (id, kind, state, debtor, creditor, owed, performed, currency,
    unit_value_amount, unit_value_currency, due_at, attend_at, alternatives_id, ground_kind,
    ground_text, loss_id, version, created_at, updated_at, ended_at)
SELECT told.id, CASE WHEN is_goods THEN 'deliver_goods' ELSE 'pay_money' END,
    CASE WHEN n <= $2 THEN 'open' ELSE 'kept' END, 'vendor:v' || n % $4, 'us', 100, n % 90,
    CASE WHEN is_goods THEN NULL ELSE 'USD' END, CASE WHEN is_goods THEN 12.5 END,
    CASE WHEN is_goods THEN 'USD' END, moment, moment, told.id, 'term', 'Credit within 30 days.',
    CASE WHEN n <= $2 AND n % 10 < 2 THEN lost.id END, 1, moment, moment,
    CASE WHEN n <= $2 THEN NULL ELSE moment END
FROM (
    SELECT n, md5('o' || n)::uuid AS id, n % 10 = 9 AS is_goods, CASE
        WHEN n <= $3 THEN $5::timestamptz - (n % 150 * 24 + 1) * interval '1 hour'
        WHEN n <= $2 THEN $5::timestamptz + (n % 200000 + 60) * interval '1 minute'
        ELSE $5::timestamptz - (n % 1000000) * interval '1 minute' END AS moment
    FROM generate_series(1, $1) n
) told LEFT JOIN losses lost ON lost.id = md5('l' || n / 10)::uuid
"""
LOSSES = """
INSERT INTO losses (id, description, quantity, value_amount, value_currency, borne_by, version,
    created_at, updated_at)
SELECT md5('l' || n)::uuid, 'lost', 1, 100, 'USD', 'us', 1, now(), now()
FROM generate_series(0, $1 / 10) n
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'obligations'
AND NOT indexdef LIKE 'CREATE UNIQUE%'
"""
KEYS = (
    "SELECT conname FROM pg_constraint WHERE conrelid = 'obligations'::regclass AND contype = 'f'"
)


async def fill(
    database: asyncpg.Connection, size: int, opened: int, overdue: int, debtors: int, moment: object
) -> None:
    """Write the rows without indexes, and build those afterwards: it is ten times as fast."""
    indexes = await database.fetch(INDEXES)
    for row in await database.fetch(KEYS):
        await database.execute(f'ALTER TABLE obligations DROP CONSTRAINT "{row[0]}"')
    for row in indexes:
        await database.execute(f'DROP INDEX "{row[0]}"')
    await database.execute(LOSSES, opened, timeout=3600)
    await database.execute(FILL, size, opened, overdue, debtors, moment, timeout=3600)
    for row in indexes:
        await database.execute(row[1], timeout=3600)
    await database.execute("VACUUM ANALYZE obligations", timeout=3600)
    await database.execute("VACUUM ANALYZE losses", timeout=3600)
