"""A filing as a table, for spreadsheets and portals that take one."""

from collections.abc import AsyncIterator

from app.kit import sheets
from app.price_protection.claims.documents import Claim, Filing, Line, plain, read_lines
from app.runtime import Runtime

COLUMNS = (
    *("filing", "claim", "notice", "vendor_notice", "effective_on", "purchase_order", "line"),
    *("product", "vendor_part", "name", "bought_on", "units", "unit_price", "unit_credit"),
    *("amount", "currency", "serials"),
)


async def render(runtime: Runtime, filing: Filing) -> AsyncIterator[bytes]:
    """Yield the filing as CSV, one row for each line; the first row names the columns."""
    yield sheets.MARK + sheets.rows_of([COLUMNS])
    for claim in filing.claims:
        async for lines in read_lines(runtime, filing, claim):
            yield sheets.rows_of([_row(filing, claim, line) for line in lines])


def _row(filing: Filing, claim: Claim, line: Line) -> list[object]:
    return [
        *(filing.number, claim.number, claim.notice, claim.vendor_number),
        *(claim.effective_on.isoformat(), line.purchase_order, line.line),
        *(line.product, line.part, line.name),
        line.bought_on.isoformat() if line.bought_on else None,
        *(line.units, plain(line.paid), plain(line.credit), plain(line.amount)),
        *(filing.currency, " ".join(line.serials)),
    ]
