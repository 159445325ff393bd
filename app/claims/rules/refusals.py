"""What claims refuse, each problem beside its rule. Pure."""

from app.kit.problems import Problem


class UnitClaimedTwice(Problem):
    """A unit, or as many of a line, is in another claim; `errors` names it.

    One that is being pursued: settle or withdraw that first. Or one by which the unit was credited
    or replaced already: nothing is owed for it any more.
    """

    status = 409


class SerialOfAnother(Problem):
    """The serial number is of a unit that somebody else bought; `errors` points at it."""

    status = 409


class ContradictsClaim(Problem):
    """It says what the claim, or the records of the ERP, contradict; `errors` points at each."""

    status = 409


class ClaimNotEditable(Problem):
    """Only a draft can be changed; `now` says what it is."""

    status = 409


class TooMuchHeard(Problem):
    """As much is on record as one claim can have; `most` says how much."""

    status = 409


class UnfitClaimSettlement(Problem):
    """It cannot be settled so; `errors` says why."""

    status = 409


class ClaimNotDenied(Problem):
    """Nobody has refused it, so there is nothing to appeal against or to accept."""

    status = 409


class NoFee(Problem):
    """This finding has no fee that could be disputed, or it was resolved already."""

    status = 409
