"""Addresses compared as people would: by what they mean, not by how they are spelt."""

import hashlib
import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType

from babel.core import get_global

from app.parcels.reports import Place


class Likeness(StrEnum):
    """Whether two told things are one; UNCLEAR if one is missing or they differ by a hair."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"


# After USPS Publication 28, appendices B and C, and the German and French usages that come up;
# all that names a part of a house becomes one word, since carriers use them freely.
_SHORT = MappingProxyType(
    {
        "avenue": "ave",
        "av": "ave",
        "boulevard": "blvd",
        "building": "bldg",
        "center": "ctr",
        "centre": "ctr",
        "circle": "cir",
        "court": "ct",
        "crescent": "cres",
        "drive": "dr",
        "east": "e",
        "floor": "fl",
        "heights": "hts",
        "highway": "hwy",
        "lane": "ln",
        "mount": "mt",
        "north": "n",
        "northeast": "ne",
        "northwest": "nw",
        "parkway": "pkwy",
        "place": "pl",
        "road": "rd",
        "saint": "st",
        "south": "s",
        "southeast": "se",
        "southwest": "sw",
        "square": "sq",
        "street": "st",
        "strasse": "str",
        "terrace": "ter",
        "trail": "trl",
        "turnpike": "tpke",
        "west": "w",
        "apartment": "unit",
        "apt": "unit",
        "suite": "unit",
        "ste": "unit",
        "flat": "unit",
        "room": "unit",
        "rm": "unit",
    }
)

# Places that carriers and shops call by either country.
_PART_OF = MappingProxyType(
    {"PR": "US", "GU": "US", "VI": "US", "AS": "US", "MP": "US"}
    | {"GG": "GB", "JE": "GB", "IM": "GB"}
    | {"GP": "FR", "MQ": "FR", "GF": "FR", "RE": "FR", "YT": "FR", "MC": "FR"}
)

_ALPHA_2 = 2
_ZIP5 = re.compile(r"(\d{5})(?:\d{4})?")
# "D-10115", "CH-8001": the sign of the country before a code of digits.
_COUNTRY_BEFORE = re.compile(r"^[A-Z]{1,3}[\s-](?=[0-9]{4,})")
_SHORTEST_PREFIX = 3
_NEARLY = 0.75
_GENERIC = frozenset(_SHORT.values()) | {"way"}


def words_of(text: str | None) -> list[str]:
    """Words of an address without case, accents, punctuation, and with common abbreviations."""
    if text is None:
        return []
    plain = unicodedata.normalize("NFKD", text.casefold().replace("#", " unit "))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return [_short(word) for word in re.findall(r"\w+", letters.replace("'", ""))]


def _short(word: str) -> str:
    # "Hauptstraße" and "Hauptstr." are one word each; casefold has made the ß two letters.
    word = re.sub(r"(?<=\w)strasse$", "str", word)
    return _SHORT.get(word, word)


def postal_code_of(text: str | None) -> str:
    """A postal code without blanks and dashes; of a US code only the five digits of the ZIP."""
    told = _COUNTRY_BEFORE.sub("", (text or "").strip().upper())
    plain = re.sub(r"[\W_]+", "", told)
    zip5 = _ZIP5.fullmatch(plain)
    return zip5[1] if zip5 else plain


def country_of(text: str | None) -> str | None:
    """The ISO 3166 alpha-2 code of a country told as a code; None for a name or nothing.

    Territories that carriers name after either country stand under the larger one.
    """
    code = (text or "").strip().upper()
    alias = get_global("territory_aliases").get(code, [code])[0]
    if len(alias) != _ALPHA_2 or not alias.isalpha():
        return None
    return _PART_OF.get(alias, alias)


def same_country(one: Place, other: Place) -> Likeness:
    """Whether two places lie in one country."""
    first, second = country_of(one.country), country_of(other.country)
    if first is None or second is None:
        return Likeness.UNCLEAR
    return Likeness.SAME if first == second else Likeness.OTHER


def same_postal_code(one: Place, other: Place) -> Likeness:
    """Whether two places share a postal code; half a code ("SW1A") leaves it unclear."""
    first, second = sorted((postal_code_of(one.postal_code), postal_code_of(other.postal_code)))
    if first == second:
        return Likeness.SAME if first else Likeness.UNCLEAR
    if min(len(first), len(second)) < _SHORTEST_PREFIX or second.startswith(first):
        return Likeness.UNCLEAR
    return Likeness.OTHER


def same_city(one: Place, other: Place) -> Likeness:
    """Whether two places bear one city's name; "Brooklyn" and "Brooklyn Heights" is unclear."""
    first, second = words_of(one.city), words_of(other.city)
    if not first or not second:
        return Likeness.UNCLEAR
    if first == second:
        return Likeness.SAME
    return Likeness.UNCLEAR if _resemble(first, second) else Likeness.OTHER


def same_street(one: Place, other: Place) -> Likeness:
    """Whether two streets and numbers are one door, or one house where the flat is not told.

    Only a clear difference counts: another number, or another name. A slip of the pen is unclear.
    """
    first, second = words_of(one.street), words_of(other.street)
    if not first or not second:
        return Likeness.UNCLEAR
    numbers = _numbers(first), _numbers(second)
    if all(numbers) and not _is_part(*numbers):
        return Likeness.OTHER
    if not _is_part(first, second):
        names = _names(first), _names(second)
        return Likeness.UNCLEAR if _resemble(*names) else Likeness.OTHER
    # "4 Main St" is part of "12 Main St Apt 4", but not its house; "Main St" is no house at all.
    is_house = all(numbers) and numbers[0][0] == numbers[1][0]
    return Likeness.SAME if is_house or first == second else Likeness.UNCLEAR


def _is_part(first: list[str], second: list[str]) -> bool:
    one, other = Counter(first), Counter(second)
    return one <= other or other <= one


def _numbers(words: list[str]) -> list[str]:
    return [each for each in words if any(map(str.isdigit, each))]


def _names(words: list[str]) -> list[str]:
    return [each for each in words if each not in _GENERIC and each not in _numbers(words)]


def _resemble(first: list[str], second: list[str]) -> bool:
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= _NEARLY


def fingerprint(place: Place | None) -> str | None:
    """A short digest of an address, equal for equal doors however spelt; None if half is missing.

    Of country, postal code (or city, where there are no codes) and street: enough to tell two
    addresses apart without keeping either.
    """
    if place is None:
        return None
    street = " ".join(sorted(set(words_of(place.street))))
    area = postal_code_of(place.postal_code) or " ".join(words_of(place.city))
    if not street or not area:
        return None
    told = "|".join((country_of(place.country) or "", area, street))
    return hashlib.sha256(told.encode("utf-8", errors="replace")).hexdigest()[:32]
