"""Texts in which no card's number is ever kept: people write them where they write everything."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from app.kit.fields import ShortText, Words

_BETWEEN = re.compile(r"[\W_]+")
_RUN = re.compile(r"[0-9]{12,}")
# How the networks' numbers begin, and how long they are.
_NETWORKS = tuple(
    re.compile(each)
    for each in (
        r"4[0-9]{12}",
        r"4[0-9]{15}",
        r"4[0-9]{18}",
        r"5[1-5][0-9]{14}",
        r"2[2-7][0-9]{14}",
        r"3[47][0-9]{13}",
        r"3[0689][0-9]{12}",
        r"35[0-9]{14}",
        r"6[0-9]{15}",
        r"6[0-9]{18}",
        r"(?:50|5[6-8])[0-9]{10,14}",
        r"62[0-9]{14,17}",
    )
)


def looks_like_card(text: str) -> bool:
    """Whether a text holds what may be a card's number: as the networks number, checked by Luhn.

    People write them with blanks and dashes between.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(
        str(unicodedata.digit(each)) if unicodedata.digit(each, None) is not None else each
        for each in _BETWEEN.sub("", plain)
    )
    return any(_holds_card(run) for run in _RUN.findall(digits))


def _holds_card(run: str) -> bool:
    # What stands behind it may be its date or its code.
    found = (each.match(run) for each in _NETWORKS)
    return any(each is not None and _checks_out(each[0]) for each in found)


def _checks_out(digits: str) -> bool:
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # noqa: PLR2004


def _no_card(text: str) -> str:
    if looks_like_card(text):
        msg = (
            "looks like a card's number, which is never kept here: give the reference of its "
            "authorisation"
        )
        raise ValueError(msg)
    return text


Reference = Annotated[ShortText, AfterValidator(_no_card)]
Said = Annotated[Words, AfterValidator(_no_card)]
