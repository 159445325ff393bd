"""When something is due by somebody's words, and why it is not where it is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due by somebody's words: the instant or none, the rule, the rule's text."""

    due_at: datetime | None
    rule: str
    text: str


NO_DATE = Due(None, "no_date_given", "No date was given.")
NOT_TO_COME = Due(None, "not_to_come", "The words name a time before they were said.")
NOT_UNDERSTOOD = Due(
    None, "not_understood", "No rule reads these words as a time, and none was guessed."
)
WAITS = Due(None, "waits_for_trigger", "It is due only once what it waits for has come.")
NO_TIME = Due(None, "no_time_named", "The words ask for haste and name no time.")
# How long what has no due time waits until somebody looks at it again.
LOOK_AGAIN = {NO_TIME.rule: timedelta(days=2)}
LOOK_AGAIN_ELSE = timedelta(days=7)


def look_again_at(due: Due, said_at: datetime) -> datetime:
    """Return when somebody should look at what was promised: when it is due, else soon enough."""
    return due.due_at or said_at + LOOK_AGAIN.get(due.rule, LOOK_AGAIN_ELSE)
