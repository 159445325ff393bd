"""What stands on a scale at once: packages as the ERP told them, as one where they travel as one.

Pure. A reading is of a parcel; where a parcel carries several packages it is of all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt
from uuid import UUID

from app.discrepancies.evidence.gathering import Gathered, OrderLine, PackedIn, Row
from app.discrepancies.verdict import DEFAULTS, Line, Package
from app.discrepancies.verdict.defaults import filled_line, tare_of

_LONGEST = 200


@dataclass(slots=True)
class Box:
    """Something that was weighed as one. `others`: shipments of which it carries packages too."""

    key: str
    contents: dict[UUID, int] | None
    tare_g: float | None
    declared_g: float | None
    readings: list[Row]
    others: Sequence[str] = ()
    tare_sd_g: float | None = None
    notes: list[str] = field(default_factory=list[str])


def boxes_of(gathered: Gathered) -> list[Box]:
    """Return what was weighed as one, in the order of the shipment's packages."""
    groups: dict[UUID, list[PackedIn]] = {}
    for package in gathered.packages:
        groups.setdefault(package.parcel_id or package.package_id, []).append(package)
    boxes = [_box(gathered, group) for group in groups.values()]
    told = [box.key for box in boxes]
    for identity, box in zip(groups, boxes, strict=True):
        if told.count(box.key) > 1 or len(box.key) > _LONGEST:
            box.key = str(identity)
    return boxes


def _box(gathered: Gathered, group: Sequence[PackedIn]) -> Box:
    parcel_id = group[0].parcel_id
    story = gathered.stories.get(parcel_id) if parcel_id else None
    box = Box(
        key="+".join(each.key for each in group),
        contents=_contents(group),
        tare_g=_sum([each.tare_g for each in group]),
        declared_g=_sum([each.declared_g for each in group]),
        readings=list(story["readings"]) if story else [],
        others=gathered.others_in.get(parcel_id, ()) if parcel_id else (),
    )
    if len(group) > 1:
        names = ", ".join(each.key for each in group)
        box.notes.append(f"Packages {names} travel in one parcel and are weighed as one.")
    return box


def _contents(group: Sequence[PackedIn]) -> dict[UUID, int] | None:
    found: dict[UUID, int] = {}
    for package in group:
        if package.contents is None:
            return None
        for line_id, count in package.contents.items():
            found[line_id] = found.get(line_id, 0) + count
    return found


def _sum(weights: Sequence[int | None]) -> float | None:
    known = [each for each in weights if each is not None]
    return float(sum(known)) if len(known) == len(weights) else None


def folded(
    box: Box, lines: Mapping[UUID, OrderLine], missing: Mapping[UUID, int], most: int
) -> str:
    """Count the lines of a box beyond `most` as part of its tare; return what is said of it.

    Kept are those in question, then the heaviest: a light unit parts nothing on a scale. Where the
    weight of one that is folded is unknown, no reading of the box says anything.
    """
    contents = box.contents or {}
    ranked = sorted(
        contents, key=lambda each: (each not in missing, -(lines[each].weight_g or Decimal(0)))
    )
    kept = set(ranked[: max(most, len(missing))]) | set(missing)
    rest = [line_id for line_id in contents if line_id not in kept]
    weighed = [_filled(lines[line_id]) for line_id in rest]
    if any(line.unit_weight_g is None for line in weighed):
        box.readings = []
    total = sum((lines[i].weight_g or Decimal(0)) * count for i, count in contents.items())
    tare, spread = tare_of(Package(box.key, {}, box.tare_g), float(total), DEFAULTS)
    variance = spread * spread
    for line_id, line in zip(rest, weighed, strict=True):
        count = contents[line_id]
        tare += count * (line.unit_weight_g or 0.0)
        variance += (count * (line.catalogue_bias_g or 0.0)) ** 2
        variance += count * (line.spread_g or 0.0) ** 2
    box.tare_g, box.tare_sd_g = tare, sqrt(variance)
    box.contents = {line_id: contents[line_id] for line_id in contents if line_id in kept}
    return (
        f"Package {box.key} holds {len(contents)} lines; the {len(rest)} lightest that nobody "
        "asks for are taken as present, and count with their box."
    )


def _filled(line: OrderLine) -> Line:
    weight, spread = line.weight_g, line.spread_g
    told = Line(
        str(line.line_id),
        line.product,
        1,
        None if weight is None else float(weight),
        None,
        None if spread is None else float(spread),
    )
    return filled_line(told, DEFAULTS)
