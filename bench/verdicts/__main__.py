"""Run it: `uv run python -m bench.verdicts`. Prints the tables and draws the reliability curve."""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from app.discrepancies.verdict import Support, judge
from app.discrepancies.verdict.boxes import mass
from bench.verdicts import picture
from bench.verdicts.reliability import Group, Trial, groups, shares, trials, wrong
from bench.verdicts.scenes import scene, single, untold, usual
from bench.verdicts.sizes import SIZES, work_of
from bench.verdicts.world import OTHER_WORLD

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
QUESTIONS = ("shipped", "at_last_weighing")


def show(found: Sequence[Group]) -> None:
    for each in found:
        print(
            f"  {each.name:44} {each.count:6}   stated {each.stated:.4f}   so {each.observed:.4f}"
            f"   {each.deviations:+.1f} se"
        )


def calibration(count: int) -> dict[float, Sequence[Trial]]:
    found: dict[float, Sequence[Trial]] = {}
    for prior in (0.5, 0.2, 0.8):
        found[prior] = trials(f"bench {prior}", count, prior, scene)
        print(f"\nThe model's own world, prior {prior}: {count} shipments")
        show(groups(found[prior], by_class=True))
        show(groups(found[prior], by_band=True))
        show(groups(found[prior], by_class=True, by_band=True))
    return found


def untold_contents(count: int) -> None:
    found = trials("bench untold", count, 0.5, untold)
    print(f"\nNobody says what is in which box, prior 0.5: {count} shipments")
    show(groups(found, by_class=True))
    show(groups(found, by_band=True))


def other_world(count: int) -> None:
    found = trials("bench other", count, 0.5, usual, OTHER_WORLD)
    print(f"\nA world that is not the model: {count} shipments")
    for question in QUESTIONS:
        parts = ", ".join(f"{k.value} {v:.1%}" for k, v in shares(found, question).items())
        print(f"  {question}: {parts}")
        for support in (Support.FULL, Support.SHORT):
            bad, total = wrong(found, question, support)
            print(f"    {support.value}: {bad} wrong of {total}, {bad / total:.2%}")


def power(count: int) -> None:
    print("\nDecided, by the weight of the missing item in standard deviations of the noise")
    for times in (0.5, 0.9, 1.5, 2, 3, 4, 6):
        found = trials(f"bench {times}", count, 0.5, lambda rng, x=times: single(rng, x))
        share = 1 - shares(found, "at_last_weighing")[Support.INCONCLUSIVE]
        print(f"  {times:4g}   {share:.1%}")


def timing() -> None:
    """Print each size's time beside that of its Gaussian masses alone, which nobody can save."""
    print("\nTime for one verdict, whole (ms of CPU, least of 20), and for its masses alone")
    worst = 0.0
    for name, question in SIZES.items():
        masses = work_of(question)
        taken = min(_taken(judge, question) for _ in range(20))
        bare = min(_taken(_masses, masses) for _ in range(20))
        worst = max(worst, taken)
        print(
            f"  {name:44} {taken:6.1f}   {masses:6} masses {bare:5.1f}   {taken / bare:4.1f} times"
        )
    print(f"  the worst: {worst:.1f} ms; promised: 50 ms")


def _masses(count: int) -> None:
    for n in range(count):
        mass(0.1, 0.2 + n * 1e-6)


def _taken(work: Callable[[T], object], of: T) -> float:
    begin = time.process_time()
    work(of)
    return (time.process_time() - begin) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="shipments for each prior")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "verdict-reliability.svg")
    parser.add_argument("--time", action="store_true", help="only how long verdicts take")
    given = parser.parse_args()
    if given.time:
        timing()
        return
    found = calibration(given.count)
    at_last = {
        prior: [t for t in each if t.question == "at_last_weighing"]
        for prior, each in found.items()
    }
    given.picture.write_text(picture.draw(at_last))
    untold_contents(given.count // 4)
    other_world(given.count // 2)
    power(max(given.count // 20, 100))
    timing()


if __name__ == "__main__":
    main()
