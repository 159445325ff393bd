"""How vendors are told and read."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.kit.fields import ShortText
from app.kit.records import RecordIn, RecordOut
from app.vendors.rules import Role


def _once(roles: list[Role]) -> list[Role]:
    if len(set(roles)) != len(roles):
        msg = "must name each role once"
        raise ValueError(msg)
    return sorted(roles)


class VendorIn(RecordIn):
    """A vendor, whole."""

    name: ShortText = Field(examples=["Acme Networks"])
    roles: Annotated[list[Role], AfterValidator(_once)] = Field(
        min_length=1,
        description="Which parts this vendor plays.",
        examples=[["manufacturer"]],
        json_schema_extra={"uniqueItems": True},
    )
    our_account_number: ShortText | None = Field(None, examples=["20-222222"])


class VendorOut(RecordOut):
    """A vendor as it is stored."""

    name: str
    roles: list[Role]
    our_account_number: str | None
