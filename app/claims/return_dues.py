"""What is owed of the way back: the units by us, and the word that it has them by the vendor."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from app.claims.due import Due, iso, number_of, term
from app.claims.reading import Read
from app.claims.rules.axes import ReturnLeg
from app.claims.standing import Standing
from app.kit.business_time import add_business_days
from app.obligations.rules import DeadlineKind, GroundKind, PartyKind
from app.obligations.rules import Kind as Owed

_US = {"kind": PartyKind.US}


def units(standing: Standing, found: Read, warn_days: int) -> Iterator[Due]:
    """We owe the units, and may send them for as long as the consent runs."""
    consent = found.consent
    arrived = found.journey.late_clock_stopped_at
    if consent is None or not (found.is_return_required or _was_returned(standing, found)):
        return
    granted: dict[str, int] = consent.told["granted"]
    # Where a replacement comes first, its own debt says by when the unit goes back.
    own_lines = [line for line in standing.lines if not line.is_swapped]
    quantity = sum(granted.get(str(line.position), 0) for line in own_lines)
    if not quantity:
        return
    lapses_at = standing.claim.lapses_at
    number = standing.claim.rma or "the vendor's consent"
    own = found.journey.reached.get(ReturnLeg.DELIVERED_TO_VENDOR) == arrived
    yield Due(
        "return",
        None,
        {"quantity": quantity, "due_at": iso(lapses_at), "rma": standing.claim.rma},
        "The vendor's consent is another now.",
        obligation={
            "kind": Owed.RETURN_GOODS,
            "debtor": _US,
            "creditor": standing.party,
            "quantity": quantity,
            "due_at": lapses_at,
            "description": f"Send back what claim {number_of(standing)} is about, under {number}.",
            "ground": term("The vendor wants the units back that it makes good.", None),
            "about": standing.about(),
        },
        done_at=arrived,
        done_quantity=quantity,
        done_note="Delivered, as its carrier says." if own else "As the vendor says.",
    )
    if lapses_at is not None:
        yield _ship(standing, found, lapses_at, warn_days)


def _was_returned(standing: Standing, found: Read) -> bool:
    """Whether they went back while they were wanted: what was owed then was kept."""
    consent, arrived = found.consent, found.journey.late_clock_stopped_at
    if consent is None or arrived is None or not consent.told.get("return_required"):
        return False
    end = found.course.ended_at or standing.claim.settled_at
    return end is None or arrived <= end


def _ship(standing: Standing, found: Read, lapses_at: datetime, warn_days: int) -> Due:
    safe_on: date = lapses_at.date() - timedelta(days=warn_days)
    return Due(
        "ship_under_rma",
        None,
        {"last_at": iso(lapses_at), "rma": standing.claim.rma},
        "The vendor's consent ends on another day.",
        deadline={
            "kind": DeadlineKind.SHIP,
            "description": f"Send the units of claim {number_of(standing)} while "
            f"{standing.claim.rma or 'the consent'} runs.",
            "toward": standing.party,
            "last_at": lapses_at,
            "last_safe_on": safe_on,
            "last_safe_source": f"{warn_days} days before it ends",
            "ground": term("Units travel under an authorisation while it is valid.", None),
            "about": standing.about(),
        },
        done_at=min(found.journey.reached.values(), default=None),
        done_note="On its way.",
        last_at=lapses_at,
    )


def confirmation(standing: Standing, found: Read, days: int) -> Iterator[Due]:
    """The carrier has delivered: the vendor owes us its own word that it has the units."""
    delivered = found.journey.reached.get(ReturnLeg.DELIVERED_TO_VENDOR)
    if delivered is None:
        return
    by, terms = standing.counting, standing.terms
    window = terms.receipt_confirmation if terms else None
    if window is not None:
        due_at, text = window.ends(delivered, by).last, f"Receipt is confirmed {window.text()}."
    else:
        due_at = by.end_of(add_business_days(by.calendar, by.day(delivered), days))
        text = f"No term says by when receipt is confirmed; we give {days} business days."
    yield Due(
        "confirmation",
        None,
        {"due_at": iso(due_at)},
        "It was delivered at another time, as was heard later.",
        obligation={
            "kind": Owed.ANSWER,
            "debtor": standing.party,
            "description": f"Say that the units of claim {number_of(standing)} were received, by "
            "their serial numbers.",
            "due_at": due_at,
            "ground": term(text, terms.source_of("receipt_confirmation") if terms else None)
            | ({} if window else {"kind": GroundKind.POLICY}),
            "about": standing.about(),
        },
        done_at=found.journey.risk_ended_at,
        done_quantity=1,
        done_note="The vendor has confirmed it.",
    )
