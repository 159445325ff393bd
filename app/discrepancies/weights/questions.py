"""What the verdict is asked, put together from what is known of a shipment. Pure.

It is asked over all packages. Where there are more of them, of their lines or of their readings
than can be weighed at once, the most telling are; the rest is named, and why it was left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from app.discrepancies.evidence.gathering import Gathered, OrderLine, Row
from app.discrepancies.weights.packing import Box, boxes_of, folded
from app.discrepancies.weights.question_rules import (
    MAX_LINES,
    MAX_PACKAGES,
    MAX_QUANTITY,
    MAX_READINGS,
)
from app.discrepancies.weights.question_schemas import (
    LineCountIn,
    VerdictIn,
    VerdictLineIn,
    VerdictPackageIn,
    VerdictReadingIn,
)
from app.kit.fields import Instant
from app.kit.weight_fields import WeightIn
from app.parcels.reports import ReadingKind

_FEW_GRAMS = Decimal("0.0001")
_LONGEST = 200
_SPEAKING = {ReadingKind.MEASURED: 0, ReadingKind.CARRIER_REPORTED: 2}
_INSTANT: TypeAdapter[Any] = TypeAdapter(Instant)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; which reading each of its readings is; what was left out, and why."""

    question: VerdictIn
    readings: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    notes: list[str]


@dataclass(slots=True)
class _Draft:
    boxes: list[Box]
    notes: list[str] = field(default_factory=list[str])
    left_out: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def ask(gathered: Gathered, missing: Mapping[UUID, int], prior: float) -> Asked | str:
    """Return what the weights are asked of a shipment; a sentence where nothing can be asked."""
    if not gathered.packages:
        return "The shipment has no package that could have been weighed."
    draft = _Draft(boxes_of(gathered))
    draft.notes += [note for box in draft.boxes for note in box.notes]
    for box in draft.boxes:
        _set_aside(draft, box)
    _choose_boxes(draft, gathered, missing)
    quantities = _quantities(draft, gathered, missing)
    _choose_readings(draft)
    if not set(missing) & set(quantities):
        return "The shipment, as it was last told, holds nothing of what is missing."
    if max(quantities.values()) > MAX_QUANTITY:
        return f"More than {MAX_QUANTITY} units of a line cannot be told apart by weight."
    keys = line_keys(list(gathered.lines.values()))
    question = VerdictIn(
        lines=[
            _line(keys[line_id], gathered.lines[line_id], count)
            for line_id, count in quantities.items()
        ],
        packages=[_package(box, keys) for box in draft.boxes],
        reported_missing=[
            LineCountIn(line=keys[line_id], quantity=min(count, quantities[line_id]))
            for line_id, count in missing.items()
            if line_id in quantities
        ],
        prior=prior,
        delivered_at=_delivered_at(gathered),
    )
    readings = [
        {
            "package": box.key,
            "reading": place,
            "reading_id": str(reading["id"]),
            "parcel_id": str(reading["parcel_id"]),
        }
        for box in draft.boxes
        for place, reading in enumerate(box.readings)
    ]
    return Asked(question, readings, draft.left_out, draft.notes)


def line_keys(lines: Sequence[OrderLine]) -> dict[UUID, str]:
    """Return what lines go by in a verdict: order and line, or their id where that is no name."""
    named = {line.line_id: f"{line.purchase_order}/{line.line}" for line in lines}
    told = list(named.values())
    return {
        line_id: name if len(name) <= _LONGEST and told.count(name) == 1 else str(line_id)
        for line_id, name in named.items()
    }


def _leave_out(draft: _Draft, reading: Row, why: str) -> None:
    draft.left_out.append(
        {"reading_id": str(reading["id"]), "parcel_id": str(reading["parcel_id"]), "why": why}
    )


def _set_aside(draft: _Draft, box: Box) -> None:
    """Take away the readings that cannot be attributed, or are no weights."""
    kept: list[Row] = []
    for reading in box.readings:
        if box.others:
            others = ", ".join(box.others)
            why = f"Its parcel also carries packages of {others}: the weight is of all of them."
        elif reading["grams"] is None:
            why = "It came without a unit."
        elif reading["grams"] <= 0:
            why = "It is no weight: it reads zero."
        else:
            kept.append(reading)
            continue
        _leave_out(draft, reading, why)
    box.readings = kept


def _choose_boxes(draft: _Draft, gathered: Gathered, missing: Mapping[UUID, int]) -> None:
    """Keep as many boxes as can be weighed at once: those that may hold what is missing first."""

    def rank(box: Box) -> tuple[bool, int]:
        may_hold = box.contents is None or bool(set(missing) & set(box.contents))
        return not may_hold, -len(box.readings)

    ranked = sorted(draft.boxes, key=rank)
    kept, lines = list[Box](), set(missing)
    for box in ranked:
        wider = lines | set(box.contents or ())
        if len(kept) < MAX_PACKAGES and (len(wider) <= MAX_LINES or not kept):
            kept.append(box)
            lines = wider
    dropped = [box for box in draft.boxes if box not in kept]
    if dropped:
        names = ", ".join(box.key for box in dropped[:MAX_PACKAGES])
        more = " and others" if len(dropped) > MAX_PACKAGES else ""
        draft.notes.append(
            f"{len(dropped)} packages were left out ({names}{more}): no more than {MAX_PACKAGES} "
            f"packages with {MAX_LINES} lines are weighed at once."
        )
    for box in dropped:
        for reading in box.readings:
            _leave_out(draft, reading, "Its package was left out.")
    draft.boxes = [box for box in draft.boxes if box in kept]
    if len(lines) > MAX_LINES:
        (box,) = draft.boxes
        draft.notes.append(folded(box, gathered.lines, missing, MAX_LINES))


def _quantities(draft: _Draft, gathered: Gathered, missing: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return how many units of each line were shipped, as the shipper claims."""
    found: dict[UUID, int] = {}
    for box in draft.boxes:
        for line_id, count in (box.contents or {}).items():
            found[line_id] = found.get(line_id, 0) + count
    mystery = [box.key for box in draft.boxes if box.contents is None]
    if not mystery:
        return found
    names = ", ".join(mystery)
    draft.notes.append(
        f"Nobody says what is in {names}: it is taken to hold what else was ordered of the lines "
        "in question, and nothing of others."
    )
    for line_id, count in missing.items():
        line = gathered.lines[line_id]
        elsewhere = max(line.shipped - found.get(line_id, 0), 0)
        found[line_id] = max(found.get(line_id, 0), line.quantity - elsewhere, count)
    return found


def _choose_readings(draft: _Draft) -> None:
    """Keep as many readings as can be weighed at once: those of the finest known scales first."""
    ranked = sorted((reading for box in draft.boxes for reading in box.readings), key=_telling)
    kept = {reading["id"] for reading in ranked[:MAX_READINGS]}
    for reading in ranked[MAX_READINGS:]:
        _leave_out(draft, reading, f"{MAX_READINGS} readings that tell more were weighed.")
    for box in draft.boxes:
        box.readings = [reading for reading in box.readings if reading["id"] in kept]


def _telling(reading: Row) -> tuple[int, Decimal, bool]:
    rank = _SPEAKING.get(ReadingKind(reading["kind"]), 4)
    step = reading["resolution_g"]
    unknown = step is None
    return rank + unknown, step or Decimal(0), reading["measured_at"] is None


def _line(key: str, line: OrderLine, quantity: int) -> VerdictLineIn:
    return VerdictLineIn(
        key=key,
        sku=line.product,
        quantity=quantity,
        unit_weight=_weight(line.weight_g),
        spread=_weight(line.spread_g),
    )


def _package(box: Box, keys: Mapping[UUID, str]) -> VerdictPackageIn:
    contents = None
    if box.contents is not None:
        contents = [LineCountIn(line=keys[i], quantity=count) for i, count in box.contents.items()]
    return VerdictPackageIn(
        key=box.key,
        contents=contents,
        tare=_weight(box.tare_g),
        tare_spread=_weight(box.tare_sd_g),
        declared=_weight(box.declared_g),
        readings=[_reading(reading) for reading in box.readings],
    )


def _reading(told: Row) -> VerdictReadingIn:
    return VerdictReadingIn(
        kind=ReadingKind(told["kind"]),
        weight=WeightIn(value=Decimal(told["grams"]), unit="g"),
        resolution=_weight(told["resolution_g"]),
        scale=_short(told["scale"]),
        measured_at=_instant(told["measured_at"]),
        place=_place(told["place"]),
    )


def _weight(grams: Decimal | float | None) -> WeightIn | None:
    """Return a weight to four places; what comes to nothing is not known."""
    if grams is None:
        return None
    value = Decimal(str(grams)).quantize(_FEW_GRAMS).normalize()
    try:
        return WeightIn.model_validate({"value": format(value, "f"), "unit": "g"})
    except ValidationError:
        return None


def _instant(moment: Any) -> Any:
    try:
        return _INSTANT.validate_python(moment)
    except ValidationError:
        return None


def _short(text: str | None) -> str | None:
    return (text or "").strip()[:_LONGEST].strip() or None


def _place(place: Row | None) -> str | None:
    if place is None:
        return None
    parts = [place.get(name) for name in ("city", "region", "country")]
    return _short(place.get("text") or ", ".join(filter(None, parts)))


def _delivered_at(gathered: Gathered) -> Any:
    told = [story["delivered_at"] for story in gathered.stories.values() if story["delivered_at"]]
    return _instant(max(told)) if told else None
