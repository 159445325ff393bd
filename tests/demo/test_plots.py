"""Plots show where a value lies, in whatever width there is."""

import io

import pytest
from rich.console import Console

from app.demo.drawing import plots

TWO = [plots.Guide("one 420 g", 420), plots.Guide("two 660 g", 660)]


def drawn(plot, width=100):
    console = Console(file=io.StringIO(), width=width)
    console.print(plot)
    return console.file.getvalue().splitlines()


def column(line, mark):
    return line.index(mark)


def test_a_fine_reading_stands_at_the_line_of_what_it_weighs():
    names, row, *_ = drawn(plots.readings([plots.Bar("hub", 658, 662, "660 g")], TWO, "g"))

    assert column(row, "█") == names.index("two 660 g") + len("two 660 g") - 1
    assert row.endswith("660 g")


def test_a_coarse_reading_covers_all_that_it_may_have_been():
    _, row, *_ = drawn(plots.readings([plots.Bar("dock", 0, 750, "500 g")], TWO, "g"))

    assert row.index("▒") < row.index("┊") < row.rindex("┊") < row.rindex("▒")


def test_a_reading_that_says_nothing_is_only_a_dot():
    bars = [plots.Bar("label", 661, 661, "repeats the label", speaks=False)]

    assert "·" in drawn(plots.readings(bars, TWO, "g"))[1]


@pytest.mark.parametrize(
    ("value", "where", "words"),
    [
        (1.0, "between", "even"),
        (1.9, "between", "1.9 to 1 for one"),
        (1 / 244, "left", "244 to 1 for two"),
        (1e6, "right", "1,000,000 to 1 for one"),
    ],
)
def test_odds_stand_beyond_the_line_where_they_decide(value, where, words):
    rows = [plots.Odds("now", value)]
    _, row, *_ = drawn(plots.odds(rows, left="two", right="one", decides=20))
    dot, first, last = column(row, "●"), row.index("┊"), row.rindex("┊")

    assert {"left": dot < first, "between": first < dot < last, "right": dot > last}[where]
    assert row.endswith(words)


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_plot_fits_the_terminal(width):
    bars = [plots.Bar("dock", 0, 750, "500 g, step 500 g")]

    assert max(map(len, drawn(plots.readings(bars, TWO, "g"), width))) <= width
