"""How order lines are told and read here."""

from pydantic import Field

from app.kit.fields import ErpKey, In, Out


class LineNameIn(In):
    """A line of a purchase order, as the ERP names both."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])


class LineNameOut(Out):
    """A line of a purchase order."""

    purchase_order: str
    line: str
