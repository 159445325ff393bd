"""Input types that refuse what PostgreSQL or people cannot keep: NUL, surrogates, huge numbers."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from babel.core import get_global
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic import AwareDatetime as Aware

_MAX_KEY = 200
_MAX_TEXT = 4000
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _no_nul(text: str) -> str:
    if "\x00" in text:
        msg = "must not contain a NUL character"
        raise ValueError(msg)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        msg = "must not be blank"
        raise ValueError(msg)
    return text


def _exact(value: Any) -> Any:
    """Refuse numbers that went through binary floating point."""
    if isinstance(value, float | int):
        msg = 'must be a decimal in a string, such as "12.50", so that no digit is lost'
        raise ValueError(msg)  # noqa: TRY004 (pydantic turns a ValueError into an error entry)
    return value


NoNul = AfterValidator(_no_nul)
Text = Annotated[str, Field(max_length=_MAX_TEXT), NoNul]
ShortText = Annotated[str, Field(min_length=1, max_length=200), NoNul, AfterValidator(_not_blank)]
Words = Annotated[
    Text, AfterValidator(_not_blank), Field(json_schema_extra={"minLength": 1, "pattern": r"\S"})
]
ErpKey = Annotated[
    str,
    Field(min_length=1, max_length=_MAX_KEY, description="The ERP's own key for this record."),
    NoNul,
    AfterValidator(_not_blank),
]


def whole(value: Any) -> Any:
    """Return 2.0 as 2, and everything else as it is."""
    # 2.0 is an integer to JSON Schema, and to a client whose language knows one kind of number.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Quantity = Annotated[int, Field(ge=1, le=1_000_000_000, strict=True), BeforeValidator(whole)]


def _decimal_schema(*, signed: bool) -> WithJsonSchema:
    sign = "-?" if signed else ""
    return WithJsonSchema({"type": "string", "pattern": rf"^{sign}[0-9]{{1,15}}(\.[0-9]{{1,4}})?$"})


def _decimal(**bounds: Any) -> Any:
    return Field(max_digits=19, decimal_places=4, allow_inf_nan=False, **bounds)


def _plain(text: Any) -> Any:
    if isinstance(text, str) and not _DECIMAL.fullmatch(text):
        msg = 'must be written plainly, such as "12.50": up to 15 digits, and 4 decimal places'
        raise ValueError(msg)
    return text


Amount = Annotated[
    Decimal,
    _decimal(ge=0),
    BeforeValidator(_plain),
    BeforeValidator(_exact),
    _decimal_schema(signed=False),
]
SignedAmount = Annotated[
    Decimal,
    _decimal(),
    BeforeValidator(_plain),
    BeforeValidator(_exact),
    _decimal_schema(signed=True),
]


def _tender() -> frozenset[str]:
    """Return the currencies that are legal tender somewhere today (CLDR, by Babel)."""
    in_use = set()
    for currencies in get_global("territory_currencies").values():
        in_use |= {code for code, _start, end, tender in currencies if tender and end is None}
    return frozenset(in_use)


CURRENCIES = _tender()
COUNTRIES = frozenset(
    code
    for code in get_global("territory_currencies")
    if len(code) == 2 and code.isalpha()  # noqa: PLR2004
)


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        msg = "must be an ISO 4217 code of a currency in use, such as USD or EUR"
        raise ValueError(msg)
    return code


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        msg = "must be an ISO 3166-1 alpha-2 code of a country, such as US or DE"
        raise ValueError(msg)
    return code


def _one_of(codes: frozenset[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": sorted(codes)})


Currency = Annotated[str, AfterValidator(_known_currency), _one_of(CURRENCIES)]
Country = Annotated[str, AfterValidator(_known_country), _one_of(COUNTRIES)]
Flag = Annotated[bool, Field(strict=True)]  # "yes" and 1 are not true
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


def _in_utc(moment: datetime) -> datetime:
    # In the years 1 and 9999 the conversion would overflow.
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        msg = f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}"
        raise ValueError(msg)
    return moment.astimezone(UTC)


def _written(value: Any) -> Any:
    """Refuse the numbers that pydantic would take for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DATE.match(value)):
        msg = "must be written as in ISO 8601, such as 2026-03-02 or 2026-03-02T09:00:00Z"
        raise ValueError(msg)
    return value


Instant = Annotated[
    Aware,
    BeforeValidator(_written),
    AfterValidator(_in_utc),
    Field(description="An instant with its offset, ISO 8601."),
]
Day = Annotated[date, BeforeValidator(_written)]


class In(BaseModel):
    """A body we are given: unknown members are refused, so that a typo is not silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """A body we give."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Money(In):
    """An amount and its currency. The amount is a string, so that no digit is lost."""

    amount: Amount = Field(examples=["129.00"])
    currency: Currency = Field(examples=["USD"])


class Address(In):
    """A postal address, as far as it is known."""

    name: ShortText | None = None
    street: list[ShortText] = Field(
        default_factory=list[ShortText], max_length=4, examples=[["12 Elm Street"]]
    )
    city: ShortText | None = None
    region: ShortText | None = None
    postal_code: ShortText | None = None
    country: Country | None = None
