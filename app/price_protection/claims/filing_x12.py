"""A filing as X12 844 has it, in JSON: segments by name, loops in loops, codes as they are.

Envelope, separators and the codes that partners agree on between themselves (BAA02, PAD02) are
left to whoever puts it on the wire.
"""

from collections.abc import AsyncIterator

from pydantic import Field

from app.kit.fields import Out
from app.price_protection.claims.documents import Claim, Filing, Line, plain, read_lines
from app.runtime import Runtime


class Baa(Out):
    """The beginning: an original, of a day, under our number."""

    purpose: str = Field(description="BAA01: 00 is an original.", examples=["00"])
    date: str = Field(description="BAA03, CCYYMMDD.", examples=["20260304"])
    reference: str = Field(description="BAA05: our number of the filing.", examples=["PPF-1001"])


class N1(Out):
    """A party."""

    role: str = Field(description="N101: BY buys, SU supplies.", examples=["BY"])
    name: str | None = Field(description="N102.")


class Identified(Out):
    """A number, and of what it is (REF, LIN)."""

    qualifier: str = Field(
        description="D9 our claim, SE a serial number; BP our key of the product, VP the vendor's "
        "part number, PO and PL our order and its line.",
        examples=["SE"],
    )
    id: str


class Dtm(Out):
    """A day, and of what it is."""

    qualifier: str = Field(
        description="DTM01: 007 the new price takes effect, 004 bought.", examples=["007"]
    )
    date: str = Field(description="DTM02, CCYYMMDD.", examples=["20260301"])


class Uit(Out):
    """What one unit is and cost."""

    unit: str = Field(description="UIT01.", examples=["EA"])
    unit_price: str = Field(description="UIT02: what was paid for one.", examples=["129.00"])
    unit_credit: str = Field(
        description="What is claimed for one; X12 has no place for it.", examples=["20.00"]
    )


class Qty(Out):
    """How many."""

    qualifier: str = Field(description="QTY01: 01 is a discrete quantity.", examples=["01"])
    quantity: int


class Amt(Out):
    """How much."""

    qualifier: str = Field(
        description="AMT01: 1 the total of a line, TT of the whole.", examples=["TT"]
    )
    amount: str


class Pad(Out):
    """A line: some units of one line of an order."""

    number: int = Field(description="PAD01.")
    lin: list[Identified]
    uit: Uit
    qty: Qty
    amt: Amt
    ref: list[Identified] = Field(description="Serial numbers, where the terms ask for them.")
    dtm: list[Dtm]


class Con(Out):
    """A claim: by which price change, and its lines."""

    reference: str = Field(description="CON02: the vendor's number of its notice, or ours.")
    ref: list[Identified]
    dtm: list[Dtm]
    pad: list[Pad]


class Adjustment(Out):
    """A product transfer account adjustment: what we ask the supplier to credit."""

    transaction_set: str = Field(examples=["844"])
    baa: Baa
    currency: str = Field(description="CUR02.", examples=["USD"])
    n1: list[N1]
    con: list[Con]
    ctt: int = Field(description="CTT01: how many PAD loops there are.")
    amt: Amt


_OF_THE_HEAD = {"transaction_set", "baa", "currency", "n1"}


async def render(runtime: Runtime, filing: Filing) -> AsyncIterator[bytes]:
    """Yield the filing as JSON, its loops by and by."""
    whole = _adjustment(filing)
    head = whole.model_dump_json(include=_OF_THE_HEAD)
    yield f'{head.removesuffix("}")},"con":['.encode()
    number = 0
    for index, claim in enumerate(filing.claims):
        yield f"{',' if index else ''}{_claim(claim).model_dump_json().removesuffix(']}')}".encode()
        first = number
        async for lines in read_lines(runtime, filing, claim):
            pads = [_line(n, each).model_dump_json() for n, each in enumerate(lines, number + 1)]
            yield f"{',' if number > first else ''}{','.join(pads)}".encode()
            number += len(lines)
        yield b"]}"
    tail = whole.model_dump_json(exclude={*_OF_THE_HEAD, "con"})
    yield f"],{tail.removeprefix('{')}".encode()


def _adjustment(filing: Filing) -> Adjustment:
    return Adjustment(
        transaction_set="844",
        baa=Baa(purpose="00", date=filing.filed_at.strftime("%Y%m%d"), reference=filing.number),
        currency=filing.currency,
        n1=[N1(role="BY", name=filing.company), N1(role="SU", name=filing.supplier)],
        con=[],
        ctt=filing.lines,
        amt=Amt(qualifier="TT", amount=plain(filing.amount)),
    )


def _claim(claim: Claim) -> Con:
    return Con(
        reference=claim.vendor_number or claim.notice,
        ref=[Identified(qualifier="D9", id=claim.number)],
        dtm=[Dtm(qualifier="007", date=claim.effective_on.strftime("%Y%m%d"))],
        pad=[],
    )


def _line(number: int, line: Line) -> Pad:
    told = {"BP": line.product, "VP": line.part, "PO": line.purchase_order, "PL": line.line}
    bought = line.bought_on.strftime("%Y%m%d") if line.bought_on else None
    return Pad(
        number=number,
        lin=[Identified(qualifier=name, id=value) for name, value in told.items() if value],
        uit=Uit(unit="EA", unit_price=plain(line.paid), unit_credit=plain(line.credit)),
        qty=Qty(qualifier="01", quantity=line.units),
        amt=Amt(qualifier="1", amount=plain(line.amount)),
        ref=[Identified(qualifier="SE", id=serial) for serial in line.serials],
        dtm=[Dtm(qualifier="004", date=bought)] if bought else [],
    )
