"""A world whose truth is known: shipments are packed, lose things, are weighed with every error.

Written apart from the verdict: it draws each error by itself and knows none of the formulas. Only
the words of the question are shared, and the numbers that docs/verdict.md states.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.discrepancies.verdict import Line, Package, Question, Reading, Rounding
from app.parcels.reports import ReadingKind

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GROSS, ECHO, REPORTED_RIGHT, NEVER_PACKED = 0.02, 0.9, 0.8, 0.5


@dataclass(frozen=True)
class Truth:
    """What was missing at the first weighing and at the last."""

    never_packed: bool
    lost: bool

    @property
    def short(self) -> bool:
        """Whether anything was missing when last weighed."""
        return self.never_packed or self.lost


@dataclass(frozen=True)
class Scale:
    """A scale: its step, and by how much it errs; `carrier` only reports what it felt."""

    name: str
    step: float
    rounding: Rounding
    bias_sd: float
    noise_sd: float
    carrier: bool = False


@dataclass(frozen=True)
class Item:
    """A line: its catalogue weight, how far that may be off, how units differ, how many."""

    key: str
    grams: float
    bias_sd: float
    spread_sd: float
    quantity: int


@dataclass(frozen=True)
class Scene:
    """A shipment: what is in each box, whether that is `told`, and on which scales it is put."""

    items: Sequence[Item]
    boxes: Sequence[dict[str, int]]
    scales: Sequence[Scale]
    tare: float
    tare_sd: float
    reported: dict[str, int]
    declared: bool = False
    told: bool = True


@dataclass(frozen=True)
class Loss:
    """Units that are not there: of which box, by item, from which weighing on."""

    missing: tuple[tuple[int, str, int], ...] = ()
    never_packed: bool = False
    after: int = 0
    box: int | None = None


@dataclass
class Errors:
    """How the world differs from what the model takes it for."""

    catalogue_off: float = 0.0
    tare_factor: float = 1.0
    one_rounding: bool = False
    echo: float = ECHO
    tell_spreads: bool = True
    tell_rounding: bool = True


def sets_of(scene: Scene, where: Sequence[int]) -> Iterator[tuple[tuple[int, str, int], ...]]:
    """Yield what may be missing from some boxes: small scenes only, so that all sets are few."""
    cells = [(b, key, n) for b in where for key, n in sorted(scene.boxes[b].items())]
    seen: set[tuple[tuple[int, str, int], ...]] = set()
    for b, key, n in cells:
        seen.update(((b, key, k),) for k in range(1, n + 1))
    for i, one in enumerate(cells):
        for two in cells[i + 1 :]:
            seen.add(tuple(sorted(((one[0], one[1], 1), (two[0], two[1], 1)))))
    for b in where:
        seen.add(tuple(sorted(cell for cell in cells if cell[0] == b)))
    yield from sorted(seen - {()})


def draw_loss(rng: random.Random, scene: Scene, prior: float, gaps: int) -> Loss:
    """Draw what is missing as docs/verdict.md states the prior, `gaps` between weighings."""
    if rng.random() >= prior:
        return Loss()
    if gaps == 0 or rng.random() < NEVER_PACKED:
        places = [(found, None, 0) for found in sets_of(scene, range(len(scene.boxes)))]
        found, box, after = _draw_set(rng, scene, places)
        return Loss(found, never_packed=True, box=box, after=after)
    places = [
        (found, b, gap)
        for b in range(len(scene.boxes))
        for found in sets_of(scene, [b])
        for gap in range(gaps)
    ]
    found, box, after = _draw_set(rng, scene, places)
    return Loss(found, box=box, after=after)


Place = tuple[tuple[tuple[int, str, int], ...], int | None, int]


def _draw_set(rng: random.Random, scene: Scene, places: Sequence[Place]) -> Place:
    by_set: dict[tuple[tuple[str, int], ...], list[Place]] = {}
    for place in places:
        counts: dict[str, int] = {}
        for _, key, k in place[0]:
            counts[key] = counts.get(key, 0) + k
        by_set.setdefault(tuple(sorted(counts.items())), []).append(place)
    told = tuple(sorted(scene.reported.items()))
    rest = [each for each in by_set if each != told]
    if told in by_set and (not rest or rng.random() < REPORTED_RIGHT):
        return rng.choice(by_set[told])
    weights = [0.25 ** (len(s) - 1) / math.prod(k * k for _, k in s) for s in rest]
    return rng.choice(by_set[rng.choices(rest, weights)[0]])


def draw(
    rng: random.Random, scene: Scene, prior: float, errors: Errors | None = None
) -> tuple[Question, Truth]:
    """Pack, lose, weigh: give the question that would be asked, and the truth."""
    errors = errors or Errors()
    # What merely repeats the declaration is no weighing. One declaration echoes for all boxes.
    echoes = [scale.carrier and rng.random() < errors.echo for scale in scene.scales]
    loss = draw_loss(rng, scene, prior, max(echoes.count(False) - 1, 0))
    turns = [echoes[:turn].count(False) for turn in range(len(echoes))]
    last = -1
    off = {item.key: rng.gauss(0, item.bias_sd) for item in scene.items}
    if errors.catalogue_off:
        off = {i.key: i.grams * errors.catalogue_off * rng.choice((-1, 1)) for i in scene.items}
    scale_off = {scale.name: rng.gauss(0, scale.bias_sd) for scale in scene.scales}
    way = rng.choice((Rounding.UP, Rounding.NEAREST))
    packages = []
    for b, contents in enumerate(scene.boxes):
        items = {item.key: item for item in scene.items}
        units = {
            key: [
                items[key].grams + off[key] + rng.gauss(0, items[key].spread_sd) for _ in range(n)
            ]
            for key, n in contents.items()
        }
        box = scene.tare + rng.gauss(0, scene.tare_sd * errors.tare_factor)
        papers = scene.tare + sum(items[key].grams * n for key, n in contents.items())
        readings = []
        for turn, scale in enumerate(scene.scales):
            felt = box + _inside(units, loss, b, turns[turn])
            felt += scale_off[scale.name] + rng.gauss(0, scale.noise_sd)
            if rng.random() < GROSS:
                felt = _gross(rng, papers)
            shown = _rounded(rng, felt, scale, way if errors.one_rounding else None)
            if echoes[turn]:
                shown = round(papers)
            elif not (scale.carrier and abs(shown - round(papers)) <= scale.step):
                last = max(last, turns[turn])
            readings.append(_reading(scale, shown, turn, errors))
        declared = round(papers) if scene.declared else None
        told = errors.tell_spreads
        packages.append(
            Package(
                str(b),
                contents if scene.told else None,
                scene.tare,
                scene.tare_sd if told else None,
                declared,
                tuple(readings),
            )
        )
    question = Question(_lines(scene, errors), tuple(packages), scene.reported, prior)
    lost = bool(loss.missing) and not loss.never_packed and last > loss.after
    return question, Truth(loss.never_packed, lost)


def _inside(units: dict[str, list[float]], loss: Loss, box: int, turn: int) -> float:
    gone = dict.fromkeys(units, 0)
    if loss.never_packed or turn > loss.after:
        for b, key, k in loss.missing:
            if b == box:
                gone[key] += k
    return sum(sum(weights[gone[key] :]) for key, weights in units.items())


def _gross(rng: random.Random, papers: float) -> float:
    width = max(0.2 * papers, 200.0)
    while True:
        felt = papers + width * math.tan(math.pi * (rng.random() - 0.5))
        if felt > 0:
            return felt


def _rounded(rng: random.Random, felt: float, scale: Scale, way: Rounding | None) -> float:
    way = way or scale.rounding
    if way is Rounding.UNKNOWN:
        way = rng.choice((Rounding.UP, Rounding.NEAREST))
    steps = felt / scale.step
    return (math.ceil(steps) if way is Rounding.UP else round(steps)) * scale.step


def _reading(scale: Scale, shown: float, turn: int, errors: Errors) -> Reading:
    told = errors.tell_spreads
    return Reading(
        ReadingKind.CARRIER_REPORTED if scale.carrier else ReadingKind.MEASURED,
        shown,
        scale.step,
        scale.rounding if errors.tell_rounding else Rounding.UNKNOWN,
        scale.name,
        scale.bias_sd if told else None,
        scale.noise_sd if told else None,
        START + timedelta(hours=6 * turn),
        scale.name,
    )


def _lines(scene: Scene, errors: Errors) -> tuple[Line, ...]:
    told = errors.tell_spreads
    return tuple(
        Line(
            item.key,
            f"SKU-{item.key}",
            item.quantity,
            item.grams,
            item.bias_sd if told else None,
            item.spread_sd if told else None,
        )
        for item in scene.items
    )


OTHER_WORLD = Errors(
    catalogue_off=0.05,
    tare_factor=2.0,
    one_rounding=True,
    tell_spreads=False,
    tell_rounding=False,
)
"""Catalogue 5 % off, tare spread doubled, rounding unknown; gross readings and echoes as ever."""
