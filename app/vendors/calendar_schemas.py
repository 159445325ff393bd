"""How calendars are told and read: when somebody works, and who that is."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from app.kit.business_time import Calendar, knows_holidays, subdivisions
from app.kit.business_time import Hours as Minutes
from app.kit.fields import Country, Day, ErpKey, Flag, In, Out, ShortText
from app.kit.records import RecordIn, RecordOut
from app.kit.refusing import refuse
from app.vendors.term_schemas import CarrierSlug
from app.vendors.terms import Counting

_MOST_DAYS, _MOST_HOURS, _MOST_PARTIES = 1000, 10, 1000
_TIME = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)", re.ASCII)


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        msg = "must be a time of the day such as 09:00 or 17:30; 24:00 is its end"
        raise ValueError(msg)
    return text


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "posixrules"}


def _zone(name: str) -> str:
    if name not in _zones():
        msg = "must be an IANA time zone such as America/New_York or Europe/Berlin"
        raise ValueError(msg)
    ZoneInfo(name)
    return name


TimeOfDay = Annotated[
    str,
    AfterValidator(_time),
    Field(json_schema_extra={"pattern": r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}),
]


class Hours(In):
    """From when until when, by the wall clock of the calendar's zone."""

    opens: TimeOfDay = Field(examples=["09:00"])
    closes: TimeOfDay = Field(examples=["17:00"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if _minutes(self.opens) >= _minutes(self.closes):
            refuse(
                (
                    "closes",
                    "it must open before it closes; hours past midnight belong to the next day",
                )
            )
        return self


def _apart(hours: list[Hours]) -> list[Hours]:
    told = sorted(hours, key=lambda each: _minutes(each.opens))
    for one, other in pairwise(told):
        if _minutes(other.opens) < _minutes(one.closes):
            msg = f"{one.opens}-{one.closes} and {other.opens}-{other.closes} overlap"
            raise ValueError(msg)
    return told


DayHours = Annotated[list[Hours], Field(max_length=_MOST_HOURS), AfterValidator(_apart)]


def _as_minutes(hours: list[Hours]) -> Minutes:
    return tuple((_minutes(each.opens), _minutes(each.closes)) for each in hours)


class Weekly(In):
    """The hours of each day of the week. A day without any is closed."""

    monday: DayHours = Field(default_factory=list[Hours])
    tuesday: DayHours = Field(default_factory=list[Hours])
    wednesday: DayHours = Field(default_factory=list[Hours])
    thursday: DayHours = Field(default_factory=list[Hours])
    friday: DayHours = Field(default_factory=list[Hours])
    saturday: DayHours = Field(default_factory=list[Hours])
    sunday: DayHours = Field(default_factory=list[Hours])


class Holidays(In):
    """Whose public holidays are kept, by ISO 3166."""

    country: Country = Field(examples=["US"])
    subdivision: ShortText | None = Field(None, examples=["CA"])

    @model_validator(mode="after")
    def _known(self) -> Self:
        if not knows_holidays(self.country):
            refuse(
                (
                    "country",
                    f"the holidays of {self.country} are not known; tell them as closed_days",
                )
            )
        if self.subdivision is not None and not knows_holidays(self.country, self.subdivision):
            known = ", ".join(subdivisions(self.country)) or "none"
            refuse(
                (
                    "subdivision",
                    f"{self.country} has no subdivision {self.subdivision!r}; known are: {known}",
                )
            )
        return self


class SpecialDay(In):
    """A day with hours of its own, whatever the week and the holidays say."""

    on: Day = Field(examples=["2026-12-26"])
    hours: DayHours = Field(examples=[[{"opens": "10:00", "closes": "14:00"}]])


def _once(days: list[SpecialDay]) -> list[SpecialDay]:
    if len({each.on for each in days}) != len(days):
        msg = "must name each day once"
        raise ValueError(msg)
    return sorted(days, key=lambda each: each.on)


_OFFICE = [{"opens": "09:00", "closes": "17:00"}]
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


class Week(In):
    """When somebody works."""

    time_zone: Annotated[ShortText, AfterValidator(_zone)] = Field(examples=["America/New_York"])
    week: Weekly = Field(examples=[dict.fromkeys(_DAYS, _OFFICE)])
    holidays: Holidays | None = Field(
        None, description="Null: none are kept.", examples=[{"country": "US", "subdivision": "CA"}]
    )
    closed_days: list[Day] = Field(
        default_factory=list[Day], max_length=_MOST_DAYS, examples=[["2026-12-28"]]
    )
    special_days: Annotated[list[SpecialDay], AfterValidator(_once)] = Field(
        default_factory=list[SpecialDay],
        max_length=_MOST_DAYS,
        examples=[[{"on": "2026-12-26", "hours": _OFFICE}]],
    )

    def calendar(self) -> Calendar:
        """Return what is counted by."""
        kept = self.holidays
        days = type(self.week).model_fields
        return Calendar(
            self.time_zone,
            tuple(_as_minutes(getattr(self.week, name)) for name in days),
            (kept.country, kept.subdivision) if kept else None,
            frozenset(self.closed_days),
            tuple((each.on, _as_minutes(each.hours)) for each in self.special_days),
        )


class CalendarIn(RecordIn, Week):
    """A calendar, whole, and whose it is. Each party has one at the most."""

    vendors: list[ErpKey] = Field(
        default_factory=list[str], max_length=_MOST_PARTIES, examples=[["bigdist"]]
    )
    carriers: list[CarrierSlug] = Field(
        default_factory=list[str], max_length=_MOST_PARTIES, examples=[[]]
    )
    is_ours: Flag = Field(default=False, description="Our own clock runs by it.")

    def parties(self) -> list[str]:
        """Return whose it is, as the ledger writes parties."""
        told = {f"vendor:{key}" for key in self.vendors}
        told |= {f"carrier:{slug}" for slug in self.carriers}
        return sorted(told | ({"us"} if self.is_ours else set()))


class CalendarOut(RecordOut, Week):
    """A calendar as it is stored."""

    vendors: list[str]
    carriers: list[str]
    is_ours: bool


class CalendarUsed(Out):
    """The version of a calendar that was counted by."""

    key: str
    version: int

    @classmethod
    def of(cls, counting: Counting) -> "CalendarUsed | None":
        """Return the calendar; None where nobody's is known."""
        if counting.key is None or counting.version is None:
            return None
        return cls(key=counting.key, version=counting.version)
