"""What rooms above ask of the ledger. They tell it what the API would: the same documents."""

from app.obligations.changing import (
    find_by_case,
    mark_broken,
    release,
    retract,
    supersede,
    trigger,
    void,
)
from app.obligations.deadlines import lapse, open_deadline, use, waive
from app.obligations.loss_schemas import DeadlineIn, LossIn, UseIn, WaiveIn
from app.obligations.losses import get as get_loss
from app.obligations.losses import open_loss
from app.obligations.opening import open_obligation
from app.obligations.performing import perform, settle
from app.obligations.reading import get, show, show_deadlines, show_losses, tell
from app.obligations.schemas import (
    AboutIn,
    BreakIn,
    GroundIn,
    ObligationIn,
    PartyIn,
    PerformanceIn,
    PromiseIn,
    ReleaseIn,
    SaidIn,
    SupersedeIn,
    TriggerIn,
    VoidIn,
)
from app.obligations.seeking import ObligationFilter, page

__all__ = [
    "AboutIn",
    "BreakIn",
    "DeadlineIn",
    "GroundIn",
    "LossIn",
    "ObligationFilter",
    "ObligationIn",
    "PartyIn",
    "PerformanceIn",
    "PromiseIn",
    "ReleaseIn",
    "SaidIn",
    "SupersedeIn",
    "TriggerIn",
    "UseIn",
    "VoidIn",
    "WaiveIn",
    "find_by_case",
    "get",
    "get_loss",
    "lapse",
    "mark_broken",
    "open_deadline",
    "open_loss",
    "open_obligation",
    "page",
    "perform",
    "release",
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
