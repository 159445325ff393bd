"""What a vendor can be, and what the records of terms may not contradict."""

from collections.abc import Sequence
from enum import StrEnum

from app.kit.problems import Problem


class Role(StrEnum):
    """What a vendor does. Often more than one: claims go to different doors."""

    MANUFACTURER = "manufacturer"
    DISTRIBUTOR = "distributor"
    SERVICE = "service"


class Area(StrEnum):
    """How far a carrier's service reaches."""

    DOMESTIC = "domestic"
    INTERNATIONAL = "international"


class RoleNotPlayed(Problem):
    """The vendor does not play the part that these terms are for; `roles` are those it plays."""

    status = 409


class TermsOverlap(Problem):
    """Another record holds the terms of the same from the same day; `key` names it.

    Change that one, or let these begin on another day.
    """

    status = 409


class PartyHasCalendar(Problem):
    """Another calendar is that of the same party; `key` names it. Take the party from it first."""

    status = 409


class NeverOpen(Problem):
    """The calendar has no working hour in the coming year; nothing can be counted by it."""

    status = 422


class TermsAlreadySet(Problem):
    """The record sets these terms otherwise already; `terms` names them.

    Send `replace` to overwrite them with the template's.
    """

    status = 409


class OtherRecord(Problem):
    """The key belongs to a record of somebody else, or of another day; `differs` says in what."""

    status = 409


class UnfitTemplate(Problem):
    """The template is for the other side: for a vendor, or for a carrier; `applies_to` says."""

    status = 409


def require_role(key: str, roles: Sequence[str], role: Role) -> None:
    """Refuse terms of a part that the vendor does not play. Raises RoleNotPlayed."""
    if role in roles:
        return
    detail = (
        f"the vendor {key!r} has the roles {', '.join(roles)}; PUT it with the role {role}, "
        "or name one of these"
    )
    raise RoleNotPlayed(
        f"The vendor is no {role}.",
        roles=list(roles),
        errors=[{"pointer": "/role", "detail": detail}],
    )


def overlap(key: str, *, of: str) -> TermsOverlap:
    """Return the problem of two records for the same from the same day."""
    detail = f"{of} has terms from that day under the key {key!r}"
    return TermsOverlap(
        f"{detail[0].upper()}{detail[1:]} already.",
        key=key,
        errors=[{"pointer": "/valid_from", "detail": detail}],
    )
