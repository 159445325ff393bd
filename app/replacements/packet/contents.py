"""What the packet of a dispute holds, in words that a clerk of the vendor's accounts reads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.rules import spoken_number as claim_number
from app.files import service as files
from app.kit.db import now
from app.replacements.acting import files_of
from app.replacements.models import Replacement, ReplacementCharge
from app.replacements.out_schemas import ReturnProofOut
from app.replacements.reading import Read, read
from app.replacements.rules import ReplacementFileKind, spoken_number
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.refusals import NothingDisputed
from app.replacements.showing import proof_of
from app.replacements.standing import stand
from app.vendors import service as vendors

_MOST_SCANS = 40
_SAYS = {
    SwapFact.REQUESTED: "We asked for a replacement first",
    SwapFact.APPROVED: "You agreed",
    SwapFact.DENIED: "You refused",
    SwapFact.RETURN_BY: "You named the last day",
    SwapFact.SHIPPED: "You shipped the replacement",
    SwapFact.CANCELLED: "Cancelled",
    SwapFact.ARRIVED: "The replacement arrived",
    SwapFact.RECEIVED: "You confirmed receipt",
    SwapFact.WAIVED: "You wanted it no more",
    SwapFact.CLOSED: "Closed",
}
_FILES = {
    ReplacementFileKind.PROOF_OF_RETURN: "Proof of return",
    ReplacementFileKind.PHOTO: "Photo",
    ReplacementFileKind.LETTER: "Letter",
    ReplacementFileKind.OTHER: "Document",
}


async def gather(session: AsyncSession, row: Replacement, company: str | None) -> dict[str, Any]:
    """Return what the packet holds: the same dispute gives the same. Raises NothingDisputed."""
    standing = await stand(session, row)
    found = read(standing, now(session))
    disputed = [each for each in standing.charges if each.disputed_at is not None]
    if not disputed:
        raise NothingDisputed(
            f"{spoken_number(row.number)} is {row.state.replace('_', ' ')}: no charge is disputed."
        )
    vendor = await vendors.get(session, standing.vendor)
    last = max(each.disputed_at for each in disputed if each.disputed_at is not None)
    proof = proof_of(found)
    return {
        "number": spoken_number(row.number),
        "claim": claim_number(standing.claim.number),
        "company": company,
        "vendor": vendor.name,
        "date": last.date().isoformat(),
        "rma": row.rma,
        "reference": row.our_reference,
        "product": row.back_key,
        "serial": row.back_serial,
        "came": _came(row),
        "charges": [_charge(each) for each in disputed],
        "why": [each.judged["why"] for each in disputed],
        "words": [each.by_hand["words"] for each in disputed if each.by_hand],
        "proof": _proof(proof),
        "has_arrived": proof.delivered_at is not None or proof.received_at is not None,
        "scans": [
            [_at(each.at), each.status.replace("_", " "), each.text or "", each.place or ""]
            for each in proof.scans[-_MOST_SCANS:]
        ],
        "weight": proof.weight_why,
        "terms": _terms(found),
        "source": standing.source,
        "said": _said(found),
        "files": await _files(session, row),
    }


def _came(row: Replacement) -> str | None:
    if row.came_serial is None:
        return None
    return f"{row.came_key or row.wanted_key}, serial number {row.came_serial}"


def _charge(row: ReplacementCharge) -> list[str]:
    return [row.number, row.issued_on.isoformat(), f"{row.amount:f} {row.currency}"]


def _proof(proof: ReturnProofOut) -> list[list[str]]:
    named = ", ".join(proof.serials)
    told = [
        ("Sent to you", _maybe(proof.sent_at)),
        ("Carrier's tracking number", proof.tracking_number),
        ("Delivered to you, by its carrier", _maybe(proof.delivered_at)),
        ("Signed for by", proof.signed_by),
        ("Received, by your own word", _maybe(proof.received_at)),
        ("Serial number, as you read it", named or None),
        ("What you found", proof.outcome.value.replace("_", " ") if proof.outcome else None),
    ]
    return [[name, value] for name, value in told if value]


def _terms(found: Read) -> list[list[str]]:
    by, row = found.return_by, found.standing.replacement
    risk = row.at_risk_amount
    told: Sequence[tuple[str, str | None]] = (
        ("Back by", by.on.isoformat() if by.on else None),
        ("How that is counted", by.why),
        (
            "Not charged before the end of",
            by.charged_after.isoformat() if by.charged_after else None,
        ),
        ("What may be charged", f"{risk:f} {row.at_risk_currency}" if risk is not None else None),
    )
    return [[name, value] for name, value in told if value]


def _said(found: Read) -> list[list[str]]:
    return [
        [_at(fact.at), _SAYS[SwapFact(fact.fact)], fact.by_name or "", fact.words or ""]
        for fact in found.standing.facts
        if SwapFact(fact.fact) in _SAYS
    ]


async def _files(session: AsyncSession, row: Replacement) -> list[list[str]]:
    rows = await files_of(session, row.id)
    kept = await files.get_many(session, [each.file_id for each in rows])
    return [
        [
            _FILES[ReplacementFileKind(each.what)],
            kept[each.file_id].name or "",
            each.note or "",
            kept[each.file_id].sha256[:16],
        ]
        for each in rows
    ]


def _maybe(moment: datetime | None) -> str | None:
    return None if moment is None else _at(moment)


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
