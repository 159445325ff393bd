"""The verdict, drawn: readings against what one and two widgets weigh, and how the odds went."""

from typing import Any

from app.demo.calls import Answer
from app.demo.chapters.missing_widget.tale import Tale
from app.demo.drawing import plots

_DECIDES = 20
_FULL, _SHORT = "two", "one"


def show_readings(tale: Tale, verdict: Answer) -> None:
    """Draw each reading as far as its scale can tell."""
    used = verdict["used"]
    package = used["packages"][0]
    unit_g, box_g = used["lines"][0]["unit_weight_g"], package["tare_g"]
    guides = [
        plots.Guide(f"one {box_g + unit_g:,.0f} g", box_g + unit_g),
        plots.Guide(f"two {box_g + 2 * unit_g:,.0f} g", box_g + 2 * unit_g),
    ]
    silent = {each["reading"] for each in verdict["set_aside"]}
    bars = [
        _bar(reading, speaks=index not in silent)
        for index, reading in enumerate(package["readings"])
    ]
    tale.scene.show(plots.readings(bars, guides, "g"))


def _bar(reading: dict[str, Any], *, speaks: bool) -> plots.Bar:
    grams, step = reading["grams"], reading["resolution_g"] or 0
    if not speaks:
        return plots.Bar("carrier's tracker", grams, grams, "repeats the label", speaks=False)
    # Nobody said whether the scale rounds up or to the nearest step: it may be either.
    note = f"{grams:,.0f} g, step {step:,.0f} g"
    return plots.Bar(reading["scale"], grams - step, grams + step / 2, note)


def show_odds(tale: Tale) -> None:
    """Draw how the odds went, from before any scale was asked."""
    rows = [plots.Odds("before any scale", 1.0)]
    rows += [
        plots.Odds(label, verdict["at_last_weighing"]["odds"]) for label, verdict in tale.verdicts
    ]
    tale.scene.show(plots.odds(rows, left=_FULL, right=_SHORT, decides=_DECIDES))
