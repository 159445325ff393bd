"""What is answered: whether a ground holds, by which terms and dates, and who must prove what."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field

from app.kit.fields import Out
from app.vendors.grounds.facts import Facts
from app.vendors.grounds.words import Applicable, ClaimKind, Ground, Standing
from app.vendors.terms.carrier import Filing
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.vendor import VendorTerms
from app.vendors.terms.windows import Anchor

NOTICE = "Judged by the terms and dates that are named; this is not legal advice."


class ProvingParty(StrEnum):
    """Who must prove something."""

    US = "us"
    VENDOR = "vendor"


class Basis(Out):
    """A term that was looked at, with the dates that decide it."""

    term: str = Field(description="The term's name in the vendor's terms.")
    is_set: bool = Field(description="False: nobody has told this term; it is unknown.")
    value: str | None = Field(description="What the term says, in words.")
    source: str | None = Field(description="Where it is written.")
    anchor: Anchor | None = Field(description="From what it is counted.")
    anchor_on: date | None
    last_on: date | None = Field(description="The last day of the window.")
    done_on: date | None = Field(description="When we did what the term asks for.")
    standing: Standing | None = Field(
        description="Whether we kept to it; null for what no date decides."
    )


class Burden(Out):
    """Who must prove what."""

    party: ProvingParty
    what: str


class Outweighed(Out):
    """A promise that stands above the ground."""

    by: str
    made_on: date
    words: str | None
    taken_back_on: date | None
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """All that a rule looks at."""

    kind: ClaimKind
    facts: Facts
    terms: VendorTerms
    filing: Filing | None
    counting: Counting = NOBODYS


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found."""

    applicable: Applicable
    why: str
    by: tuple[Basis, ...] = ()
    must_prove: tuple[Burden, ...] = ()
    needs_evidence: tuple[str, ...] = ()


class NextBest(Out):
    """The strongest other ground that the vendor could name."""

    ground: Ground
    applicable: Applicable
    rule: str
    why: str
    is_term_set: bool | None = Field(description="Null: it rests on evidence, not on a term.")
    standing: Standing | None = Field(
        description="Whether we kept to that term; null where no date decides."
    )
    by: list[Basis]


class Judgement(Out):
    """Whether a ground holds against a kind of claim."""

    ground: str = Field(description="As it was given.")
    claim_kind: ClaimKind
    applicable: Applicable
    rule: str | None = Field(description="The rule by which it was judged; null if there is none.")
    why: str = Field(description="In plain words.")
    by: list[Basis] = Field(description="The terms and dates that decide it.")
    must_prove: list[Burden]
    needs_evidence: list[str] = Field(description="What would settle it.")
    outweighed: Outweighed | None = Field(
        description="A promise stands: it is owed whether the ground holds or not."
    )
    next_best: NextBest | None = Field(
        description="The strongest other ground; null only where there is none."
    )
    notice: str


def vendor_proves(what: str) -> Burden:
    """Return what the vendor must prove."""
    return Burden(party=ProvingParty.VENDOR, what=what)


def we_prove(what: str) -> Burden:
    """Return what we must prove."""
    return Burden(party=ProvingParty.US, what=what)
