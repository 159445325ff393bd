"""What rooms above ask of the ledger. They tell it what the API would: the same documents.

The problems they may answer with in the ledger's stead are here too.
"""

from app.obligations.change_schemas import BreakIn, ReleaseIn, SupersedeIn, TriggerIn, VoidIn
from app.obligations.changing import (
    find_by_case,
    mark_broken,
    release,
    retract,
    supersede,
    trigger,
    void,
)
from app.obligations.clocks.retiming import Ends, Reckoned, move, retime
from app.obligations.clocks.rules import DueChange
from app.obligations.losses.deadlines import get as get_deadline
from app.obligations.losses.deadlines import lapse, open_deadline, use, waive
from app.obligations.losses.losses import get as get_loss
from app.obligations.losses.losses import open_loss
from app.obligations.losses.schemas import DeadlineIn, LossIn, UseIn, WaiveIn
from app.obligations.measures import AboveTheLoss, CurrencyMismatch, OtherMeasure
from app.obligations.obligation_schemas import ObligationIn
from app.obligations.opening import open_obligation
from app.obligations.performances.correcting import correct
from app.obligations.performances.performing import hold, perform, settle
from app.obligations.performances.schemas import CorrectionIn, PerformanceIn
from app.obligations.promise_schemas import PromiseIn, SaidIn
from app.obligations.reading import get, show, show_deadlines, show_losses, tell
from app.obligations.refusals import (
    CorrectedAlready,
    MakesNothingGood,
    NoPromise,
    NotTheCreditor,
    NotYetDue,
    OtherLoss,
    OwedToOneself,
    PaidBackAlready,
    RecordedTwice,
    TooLate,
    UnfitAlternative,
    UnfitSuccessor,
)
from app.obligations.schemas import AboutIn, GroundIn, PartyIn
from app.obligations.seeking import ObligationFilter, page

__all__ = [
    "AboutIn",
    "AboveTheLoss",
    "BreakIn",
    "CorrectedAlready",
    "CorrectionIn",
    "CurrencyMismatch",
    "DeadlineIn",
    "DueChange",
    "Ends",
    "GroundIn",
    "LossIn",
    "MakesNothingGood",
    "NoPromise",
    "NotTheCreditor",
    "NotYetDue",
    "ObligationFilter",
    "ObligationIn",
    "OtherLoss",
    "OtherMeasure",
    "OwedToOneself",
    "PaidBackAlready",
    "PartyIn",
    "PerformanceIn",
    "PromiseIn",
    "Reckoned",
    "RecordedTwice",
    "ReleaseIn",
    "SaidIn",
    "SupersedeIn",
    "TooLate",
    "TriggerIn",
    "UnfitAlternative",
    "UnfitSuccessor",
    "UseIn",
    "VoidIn",
    "WaiveIn",
    "correct",
    "find_by_case",
    "get",
    "get_deadline",
    "get_loss",
    "hold",
    "lapse",
    "mark_broken",
    "move",
    "open_deadline",
    "open_loss",
    "open_obligation",
    "page",
    "perform",
    "release",
    "retime",
    "retract",
    "settle",
    "show",
    "show_deadlines",
    "show_losses",
    "supersede",
    "tell",
    "trigger",
    "use",
    "void",
    "waive",
]
