"""How often an event is told again, what parks it, what ends an endpoint. No database, no HTTP."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from app.kit.problems import Problem
from app.kit.states import Flow

SCHEDULE: Sequence[timedelta] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before which attempt how long is waited; after the last there is none but by hand."""

JITTER = 0.2
PARKED_AFTER = 4
"""Failures by which the head of a line holds up what follows; then the rest flows past it."""

LONGEST_RETRY_AFTER = timedelta(hours=24)
ALERT_AFTER = timedelta(hours=96)
DISABLED_AFTER = timedelta(hours=120)
OVERLAP = timedelta(hours=24)
GONE = 410
EVERYTHING = "*"

_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
_SECONDS = re.compile(r"[0-9]{1,12}")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,998}[\x21-\x7e])?")
_OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)


class DeliveryState(StrEnum):
    """How far the telling of an event to an endpoint has come."""

    PENDING = "pending"
    PARKED = "parked"
    DELIVERED = "delivered"
    FAILED = "failed"


# A parked delivery stands beside its line and is told again all the same. A resent one stands
# there too, whatever it was.
DELIVERIES = Flow(
    DeliveryState,
    {
        DeliveryState.PENDING: {
            DeliveryState.PARKED,
            DeliveryState.DELIVERED,
            DeliveryState.FAILED,
        },
        DeliveryState.PARKED: {
            DeliveryState.PENDING,
            DeliveryState.PARKED,
            DeliveryState.DELIVERED,
            DeliveryState.FAILED,
        },
        DeliveryState.DELIVERED: {DeliveryState.PARKED},
        DeliveryState.FAILED: {
            DeliveryState.PENDING,
            DeliveryState.PARKED,
            DeliveryState.DELIVERED,
        },
    },
)


class Disabled(StrEnum):
    """Why an endpoint is told nothing."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"


class UrlRefused(Problem):
    """Nothing may be told to this URL; `errors` says why and what would be right."""

    status = 422


class EndpointDisabled(Problem):
    """The endpoint is disabled; enable it first. What happens meanwhile is told then."""

    status = 409


class RotationUnderWay(Problem):
    """Two secrets are valid already. Wait for the old one's end, or end it: `overlap_hours: 0`."""

    status = 409


class BehindAnother(Problem):
    """An earlier event of the same subject is told first; resend that one (`head_id`)."""

    status = 409


def is_success(status: int | None) -> bool:
    """Whether an answer means that the event was taken."""
    return status in _SUCCESS


def why_failed(status: int) -> str | None:
    """Return in words what a status alone does not tell."""
    return "redirects are not followed; change the endpoint's URL" if status in _REDIRECT else None


def pause(failures: int, jitter: float) -> timedelta | None:
    """Return how long to wait after so many failures; None: there is no further attempt.

    `jitter` lies between -1 and 1 and spreads what failed together.
    """
    if failures >= len(SCHEDULE):
        return None
    return SCHEDULE[failures] * (1 + JITTER * jitter)


def asked_pause(retry_after: str | None, at: datetime) -> timedelta:
    """Return how long the receiver asked to wait, in seconds or until a date; a day at the most."""
    if retry_after is None:
        return timedelta(0)
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        asked = timedelta(seconds=int(text))
    else:
        try:
            until = parsedate_to_datetime(text)
            asked = until - at if until.tzinfo else timedelta(0)
        except (ValueError, TypeError, OverflowError):
            return timedelta(0)
    return max(timedelta(0), min(asked, LONGEST_RETRY_AFTER))


def words(body: bytes) -> str:
    """Return the beginning of an answer as text that can be kept."""
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")


def check_pattern(pattern: str, known: Sequence[str]) -> str:
    """Return a pattern of event types: `*`, `cases.*` or `cases.opened`. Raises ValueError."""
    room = pattern.removesuffix(".*")
    rooms = {each.partition(".")[0] for each in known}
    if pattern == EVERYTHING or pattern in known or (pattern.endswith(".*") and room in rooms):
        return pattern
    msg = (
        f"{pattern!r} is no event type and no pattern of one: give '*', 'room.*' (rooms: "
        f"{', '.join(sorted(rooms))}) or a type listed at GET /v1/event-types"
    )
    raise ValueError(msg)


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return extra headers that can be sent beside ours. Raises ValueError."""
    seen = set[str]()
    for name, value in headers.items():
        low = name.lower()
        if not _NAME.fullmatch(name):
            msg = f"{name!r} is no name of a header"
        elif low in _OURS or low.startswith("webhook-"):
            msg = f"{name} is set by Makegood itself"
        elif low in seen:
            msg = f"{name} stands twice"
        elif not _VALUE.fullmatch(value):
            msg = f"the value of {name} must be 1 to 1,000 visible ASCII characters"
        else:
            seen.add(low)
            continue
        raise ValueError(msg)
    return dict(headers)
