"""Shipments of the kinds that are argued about: cheap to weigh, hard enough to be of interest."""

import random
from dataclasses import replace

from app.discrepancies.verdict import Rounding
from bench.verdicts.world import Item, Scale, Scene

_WAYS = (Rounding.UP, Rounding.NEAREST, Rounding.UNKNOWN)


def _item(rng: random.Random, key: str, grams: float, quantity: int) -> Item:
    return Item(
        key, grams, grams * rng.uniform(0.01, 0.05), grams * rng.uniform(0.005, 0.02), quantity
    )


def _scale(rng: random.Random, name: str, step: float, *, carrier: bool = False) -> Scale:
    error = rng.uniform(3, 15)
    return Scale(name, step, rng.choice(_WAYS), error, error, carrier)


def scene(rng: random.Random) -> Scene:
    """Draw one of four kinds: two scales, two lines, two boxes, a carrier that echoes."""
    kind = rng.randrange(4)
    tare_sd = rng.uniform(15, 60)
    steps = [rng.choice((10.0, 20.0, 50.0)), rng.choice((20.0, 100.0, 200.0))]
    dock, hub = _scale(rng, "dock", steps[0]), _scale(rng, "hub", steps[1])
    # A unit weighs two to four times what tare and scale err by: neither hopeless nor easy.
    fixed = tare_sd**2 + dock.bias_sd**2 + dock.noise_sd**2 + dock.step**2 / 12
    unit = rng.uniform(2.2, 4.2) * fixed**0.5
    items = [_item(rng, "a", unit, 2)]
    boxes = [{"a": 2}]
    scales = [dock, hub]
    if kind == 1:
        items.append(_item(rng, "b", rng.uniform(40, 400), 1))
        boxes, scales = [{"a": 2, "b": 1}], [dock]
    elif kind == 2:
        boxes, scales = [{"a": 1}, {"a": 1}], [dock]
    elif kind == 3:
        scales = [dock, _scale(rng, "hub", 50.0, carrier=True)]
    return Scene(items, boxes, scales, rng.uniform(100, 400), tare_sd, {"a": 1}, declared=kind == 3)


def untold(rng: random.Random) -> Scene:
    """Draw two boxes of which nobody says what is in which."""
    drawn = scene(rng)
    boxes: list[dict[str, int]] = [{}, {}]
    for item in drawn.items:
        for _ in range(item.quantity):
            box = rng.choice(boxes)
            box[item.key] = box.get(item.key, 0) + 1
    scales = [replace(scale, carrier=False) for scale in drawn.scales]
    return replace(drawn, boxes=boxes, scales=scales, declared=False, told=False)


def usual(rng: random.Random) -> Scene:
    """Draw an ordinary shipment, of which only catalogue and tare are known: no spread at all."""
    count = rng.choice((1, 1, 2))
    items = []
    for number in range(count):
        grams = log_even(rng, 100, 2500)
        items.append(Item("ab"[number], grams, 0.0, grams * 0.01, rng.choice((1, 2, 2, 3))))
    contents = {item.key: item.quantity for item in items}
    inside = sum(item.grams * item.quantity for item in items)
    tare = max(120.0, inside * rng.uniform(0.04, 0.12))
    scales = [
        Scale("dock", rng.choice((10.0, 20.0)), Rounding.UNKNOWN, 8, 8),
        Scale("hub", rng.choice((50.0, 100.0, 453.59237)), Rounding.UNKNOWN, 20, 20),
        Scale("carrier", 50.0, Rounding.UNKNOWN, 20, 20, carrier=True),
    ]
    chosen = rng.choice(([0], [0, 1], [0, 2], [0, 1, 2], [1, 2]))
    return Scene(
        items,
        [contents],
        [scales[i] for i in chosen],
        tare,
        max(15.0, tare * 0.15),
        {"a": 1},
        declared=True,
    )


def log_even(rng: random.Random, low: float, high: float) -> float:
    """Draw evenly on a logarithmic scale."""
    return float(low * (high / low) ** rng.random())


def single(rng: random.Random, times: float) -> Scene:
    """Draw one box with two units on one known scale; a unit weighs `times` all errors together."""
    tare_sd, scale = rng.uniform(15, 60), _scale(rng, "dock", 10.0)
    spread, bias = 0.01, 0.01
    fixed = tare_sd**2 + scale.bias_sd**2 + scale.noise_sd**2 + scale.step**2 / 12
    # unit^2 = times^2 (fixed + (2 bias unit)^2 + 2 (spread unit)^2)
    share = 1 / times**2 - (2 * bias) ** 2 - 2 * spread**2
    unit = (fixed / share) ** 0.5
    item = Item("a", unit, unit * bias, unit * spread, 2)
    return Scene([item], [{"a": 2}], [scale], 250.0, tare_sd, {"a": 1})


def small(rng: random.Random) -> Scene:
    """Draw the smallest cases, for many of them in little time: one unit, on one or two scales."""
    tare_sd, dock = rng.uniform(15, 60), _scale(rng, "dock", rng.choice((10.0, 50.0)))
    fixed = tare_sd**2 + dock.bias_sd**2 + dock.noise_sd**2 + dock.step**2 / 12
    unit = rng.uniform(2.0, 3.6) * fixed**0.5
    scales = [dock, _scale(rng, "hub", 20.0)] if rng.random() < 0.3 else [dock]
    return Scene([_item(rng, "a", unit, 1)], [{"a": 1}], scales, 250.0, tare_sd, {"a": 1})


def mixed(rng: random.Random) -> Scene:
    """Draw mostly small cases and some of every kind."""
    return scene(rng) if rng.random() < 0.15 else small(rng)
