"""The grounds on which vendors refuse, and whether they hold. Pure: no database, no HTTP."""

from app.vendors.grounds.facts import Facts, LeftAt, Promise, Weighed, WeightAnswer
from app.vendors.grounds.judgements import Basis, Judgement, NextBest
from app.vendors.grounds.judging import judge
from app.vendors.grounds.table import RULES, STRONGEST
from app.vendors.grounds.words import MEANINGS, Applicable, ClaimKind, Ground, Standing

__all__ = [
    "MEANINGS",
    "RULES",
    "STRONGEST",
    "Applicable",
    "Basis",
    "ClaimKind",
    "Facts",
    "Ground",
    "Judgement",
    "LeftAt",
    "NextBest",
    "Promise",
    "Standing",
    "Weighed",
    "WeightAnswer",
    "judge",
]
