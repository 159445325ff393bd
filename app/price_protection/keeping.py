"""The room's own ways: how a notice is locked, changed and written of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound
from app.price_protection import rules
from app.price_protection.models import PriceNotice
from app.vendors import service as vendors


async def get(session: AsyncSession, notice_id: UUID) -> PriceNotice:
    """Return a notice. Raises NotFound."""
    return _found(await session.get(PriceNotice, notice_id), notice_id)


async def take(session: AsyncSession, notice_id: UUID, if_match: str | None = None) -> PriceNotice:
    """Lock a notice for a change. Of two at once the second sees what the first has done.

    Raises NotFound, VersionMismatch.
    """
    locked = await session.get(
        PriceNotice, notice_id, with_for_update={"key_share": True}, populate_existing=True
    )
    notice = _found(locked, notice_id)
    check_version(notice.version, if_match=if_match, if_none_match=None)
    return notice


def _found(notice: PriceNotice | None, notice_id: UUID) -> PriceNotice:
    if notice is None:
        msg = f"There is no price notice {notice_id}."
        raise NotFound(msg)
    return notice


async def changed(session: AsyncSession, notice: PriceNotice) -> None:
    """Write down that a locked notice is another version of itself, to be computed again."""
    touch(notice, now(session))
    await session.flush()


def touch(notice: PriceNotice, moment: datetime) -> None:
    """Make a locked notice another version of itself, to be computed again."""
    notice.version += 1
    notice.updated_at = notice.compute_due_at = moment
    notice.rests_until = None


async def vendor_of(session: AsyncSession, notice: PriceNotice) -> str:
    """Return the key of a notice's vendor."""
    return (await vendor_keys(session, {notice.vendor_id}))[notice.vendor_id]


async def vendor_keys(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, str]:
    """Return the ERP's keys of vendors."""
    return await vendors.keys_of(session, ids)


def named(notice: PriceNotice, vendor: str) -> dict[str, Any]:
    """Return what every event says of its notice."""
    return {
        "notice_id": notice.id,
        "number": rules.spoken_number(notice.number),
        "version": notice.version,
        "vendor": vendor,
        "state": notice.state,
    }
