"""Figures as they are said: no digit claims more than the model knows."""

from math import exp, log

MOST = 1_000_000.0
"""Odds and factors beyond this, or below its inverse, are given as this: no model is surer."""

_LOG_MOST = log(MOST)
_DIGITS = 4


def figure(value: float) -> float:
    """Round to four significant digits."""
    return float(f"{value:.{_DIGITS - 1}e}")


def factor(log_value: float) -> float:
    """Give odds or a factor from its log, within what any model may claim."""
    return figure(exp(min(max(log_value, -_LOG_MOST), _LOG_MOST)))


def share(value: float) -> float:
    """Give a probability to six places."""
    return round(value, 6)


def said_odds(log_value: float) -> str:
    """Say odds as people do: "35 to 1", "more than 1,000,000 to 1"; the larger side first."""
    size = abs(log_value)
    if size > _LOG_MOST:
        return f"more than {MOST:,.0f} to 1"
    value = exp(size)
    return f"{value:,.0f} to 1" if value >= 10 else f"{value:.1f} to 1"  # noqa: PLR2004
