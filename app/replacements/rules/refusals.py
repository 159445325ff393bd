"""What replacements refuse, each problem beside its rule. Pure."""

from app.kit.problems import Problem


class ClaimNotPursued(Problem):
    """A replacement is asked for under a claim that was submitted and is being pursued.

    `errors` says what the claim is instead.
    """

    status = 409


class ReplacementRunning(Problem):
    """The line has a replacement already; `replacement_id` and `number` name it.

    Another follows only where that one was denied or cancelled, or came dead or as the wrong model:
    name it in `follows` then.
    """

    status = 409


class NotEntitled(Problem):
    """By the vendor's terms no replacement comes first; `why` says so, `next_door` who else may."""

    status = 409


class SecurityMissing(Problem):
    """The vendor wants something in hand before it ships; `errors` points at what is missing."""

    status = 409


class NothingWentWrong(Problem):
    """The replacement that is named came to nothing bad, or was another line's."""

    status = 409


class ContradictsReplacement(Problem):
    """It says what is on record otherwise; `errors` points at each."""

    status = 409


class TooMuchOfIt(Problem):
    """As much is on record as one replacement can have; `most` says how much."""

    status = 409


class NoSuchChargeState(Problem):
    """The charge is not one that this can be done with; `now` says what it is."""

    status = 409


class ReplacementStillOwed(Problem):
    """It cannot be closed: something is still owed; `errors` says what."""

    status = 409


class NothingDisputed(Problem):
    """No charge is disputed, so there is nothing to print."""

    status = 409
