"""A poll as it comes in: JSON is refused as a whole, NDJSON line by line. No database here."""

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from app.kit import strict_json
from app.kit.problems import Malformed, pointer_of, said
from app.products.price_rules import MOST_PRICES, noise
from app.products.price_schemas import PollIn, PriceIn, PricesIn

_ZERO = "nobody sells for nothing: tell a price above zero, or leave the product out"


@dataclass(slots=True)
class Reading:
    """A poll that was read: its rows, and what is wrong with others.

    A row: its number, product, kind, currency, reference, amount, noise. An error: the number, the
    pointer into the row, what is wrong. `where` and a number lead to the row.
    """

    poll: PollIn
    where: str
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refused: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    _first: dict[tuple[str, ...], int] = field(default_factory=dict)

    def take(self, number: int, told: PriceIn) -> None:
        """Take a price in, or refuse it."""
        amount, currency = told.price.amount, told.price.currency
        series = (told.product, told.kind.value, currency, told.reference or "")
        if not amount:
            self.refuse(number, "/price/amount", _ZERO)
            return
        first = self._first.setdefault(series, number)
        if first != number:
            detail = f"this price stands at {self.where}{first} already; tell each once"
            self.refuse(number, "", detail)
            return
        self.rows.append((number, *series, amount, noise(amount, currency)))

    def refuse(self, number: int, pointer: str, detail: str) -> None:
        """Keep why a price is not kept."""
        self.refused += 1
        self.errors.append((number, pointer, detail))


Reader: TypeAlias = Callable[[bytes], Reading]


def of_json(body: bytes) -> Reading:
    """Read a poll of JSON. Raises Malformed."""
    told = _checked(PricesIn, _value(_text(body)))
    reading = Reading(PollIn(**{n: getattr(told, n) for n in PollIn.model_fields}), "/prices/")
    for number, price in enumerate(told.prices):
        reading.take(number, price)
    return reading


def of_ndjson(body: bytes) -> Reading:
    """Read a poll of NDJSON: its first line says whose it is. Raises Malformed."""
    lines = _lines(body)
    number, first = next(lines, (0, b""))
    if not first:
        raise Malformed("The body is empty.", errors=[{"pointer": "", "detail": "is empty"}])
    reading = Reading(_checked(PollIn, _value(_text(first))), "/")
    for number, line in lines:
        _take_line(reading, number, line)
        if len(reading.rows) + reading.refused > MOST_PRICES:
            _refuse_length(number)
    if not reading.rows and not reading.refused:
        detail = "has no prices: after the first line, each line is one"
        raise Malformed(
            "There are no prices.", errors=[{"pointer": f"/{number}", "detail": detail}]
        )
    return reading


def _refuse_length(number: int) -> None:
    detail = f"must have at most {MOST_PRICES} prices; send the others with the same seen_at"
    raise Malformed(
        "There are too many prices.", errors=[{"pointer": f"/{number}", "detail": detail}]
    )


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _unreadable("is no UTF-8") from error


def _unreadable(detail: str) -> Malformed:
    return Malformed(f"What was sent {detail}.", errors=[{"pointer": "", "detail": detail}])


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _take_line(reading: Reading, number: int, line: bytes) -> None:
    try:
        told = PriceIn.model_validate(_value(_text(line)))
    except ValidationError as error:
        # A line is one row, whatever is wrong with it: the first that is said of it counts.
        fault = error.errors(include_url=False)[0]
        reading.refuse(number, pointer_of(fault["loc"]), said(fault))
    except Malformed as problem:
        reading.refuse(number, "", problem.fields["errors"][0]["detail"])
    else:
        reading.take(number, told)


def _value(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except json.JSONDecodeError as error:
        raise _unreadable(f"is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise _unreadable("is not JSON: it nests too deeply") from error
    except ValueError as error:
        raise _unreadable("is not JSON: a number has thousands of digits") from error


def _checked(model: type[Any], value: Any) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults: Sequence[Any] = error.errors(include_url=False)
        raise Malformed(
            "The request does not parse; `errors` says where.",
            errors=[{"pointer": pointer_of(f["loc"]), "detail": said(f)} for f in faults],
        ) from error


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema in one piece, for a body the framework does not read."""
    schema = model.model_json_schema()
    named = schema.pop("$defs", {})

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(each) for each in part]
        if not isinstance(part, dict):
            return part
        rest = {name: whole(each) for name, each in part.items() if name != "$ref"}
        if "$ref" not in part:
            return rest
        return whole(named[part["$ref"].rsplit("/", 1)[1]]) | rest

    return whole(schema)
