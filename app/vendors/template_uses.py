"""What is done with templates: apply, and who applied which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.kit.etags import etag
from app.kit.records import Conditions, ErpRecord
from app.vendors import tariff_records, term_records, vendor_records
from app.vendors.events import TemplateApplied
from app.vendors.models import CarrierTariff, TemplateUse, VendorTermsRecord
from app.vendors.rules import OtherRecord, TermsAlreadySet, UnfitTemplate
from app.vendors.term_schemas import ApplyIn, CarrierTariffIn, VendorTermsIn
from app.vendors.terms import Target, TariffKind, Template
from app.vendors.terms.templates import marked


@dataclass(frozen=True, slots=True)
class Application:
    """A template's use, and the record it stands in now."""

    use: TemplateUse
    record: VendorTermsRecord | CarrierTariff


@dataclass(frozen=True, slots=True)
class _Merged:
    """Terms with a template's among them: which it set, and which of those stood otherwise."""

    terms: dict[str, Any]
    set_by_it: list[str]
    replaced: list[str]


async def apply(session: AsyncSession, *, template: Template, order: ApplyIn) -> Application:
    """Set a template's terms in a record, which is made if there is none.

    Raises UnfitTemplate, OtherRecord, TermsAlreadySet, and what recording the terms raises. Of two
    edits at once the second is refused (VersionMismatch).
    """
    target = Target.VENDOR if order.to_vendor else Target.CARRIER
    if template.applies_to is not target:
        raise UnfitTemplate(
            f"The template {template.name} is for a {template.applies_to}, not for a {target}.",
            applies_to=template.applies_to.value,
        )
    if order.to_vendor is not None:
        record, merged = await _to_vendor(session, template, order)
    else:
        record, merged = await _to_carrier(session, template, order)
    use = None if merged.set_by_it else await _last_use(session, template.name, record.key)
    if use is None:
        use = await _note(session, template, order, record, merged)
    return Application(use, record)


async def _to_vendor(
    session: AsyncSession, template: Template, order: ApplyIn
) -> tuple[VendorTermsRecord, _Merged]:
    side = order.to_vendor
    row = await _read(session, VendorTermsRecord, order.key)
    identity = side.model_dump() if side else {}
    if row is not None:
        vendors = await vendor_records.keys_of(session, {row["vendor_id"]})
        _require_same(identity, {**row, "vendor": vendors[row["vendor_id"]]})
    merged = _merge(row["terms"] if row else {}, template, order)
    document = VendorTermsIn.model_validate({**identity, "terms": merged.terms})
    result = await term_records.record(
        session, key=order.key, document=document, conditions=_as_read(row)
    )
    return result.record, merged


async def _to_carrier(
    session: AsyncSession, template: Template, order: ApplyIn
) -> tuple[CarrierTariff, _Merged]:
    side = order.to_carrier
    row = await _read(session, CarrierTariff, order.key)
    kind: TariffKind | None = template.tariff_kind
    identity = {**(side.model_dump() if side else {}), "kind": kind}
    if row is not None:
        _require_same(identity, row)
    merged = _merge(row["terms"] if row else {}, template, order)
    document = CarrierTariffIn.model_validate({**identity, "terms": merged.terms})
    result = await tariff_records.record(
        session, key=order.key, document=document, conditions=_as_read(row)
    )
    return result.record, merged


async def _read(
    session: AsyncSession, model: type[ErpRecord], key: str
) -> Mapping[str, Any] | None:
    # Columns, not the record: `records.put` must load that afresh, under its lock, to see whether
    # it has moved on since.
    query = sa.select(sa.inspect(model).local_table).where(model.key == key)
    row = (await session.execute(query)).mappings().first()
    return None if row is None else dict(row)


def _require_same(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> None:
    differs = [name for name, value in wanted.items() if stored[name] != value]
    if differs:
        raise OtherRecord(
            f"The record under this key differs in {', '.join(differs)}; name it as it is, or use "
            "another key.",
            differs=differs,
        )


def _as_read(row: Mapping[str, Any] | None) -> Conditions:
    """Refuse to write over what somebody else has stored since it was read."""
    return Conditions(None, "*") if row is None else Conditions(etag(row["version"]))


def _merge(stored: Mapping[str, Any], template: Template, order: ApplyIn) -> _Merged:
    told = marked(template)
    sources: dict[str, str] = told.pop("sources", {})
    stored_sources: dict[str, str] = stored.get("sources", {})
    standing = {
        name
        for name in told
        if stored.get(name) == told[name] and stored_sources.get(name) == sources[name]
    }
    wanted = sorted(set(told) - standing)
    replaced = [name for name in wanted if name in stored]
    if replaced and not order.replace:
        raise TermsAlreadySet(
            f"The record sets {', '.join(replaced)} already; `replace` would overwrite that.",
            terms=replaced,
        )
    terms = {**stored, **told, "sources": {**stored_sources, **sources}}
    return _Merged(terms, wanted, replaced)


async def _last_use(session: AsyncSession, template: str, key: str) -> TemplateUse | None:
    return await session.scalar(
        sa.select(TemplateUse)
        .where(TemplateUse.template == template, TemplateUse.record_key == key)
        .order_by(TemplateUse.id.desc())
        .limit(1)
    )


async def _note(
    session: AsyncSession,
    template: Template,
    order: ApplyIn,
    record: ErpRecord,
    merged: _Merged,
) -> TemplateUse:
    use = TemplateUse(
        template=template.name,
        target=template.applies_to.value,
        record_key=record.key,
        record_version=record.version,
        terms=merged.set_by_it,
        replaced=merged.replaced,
        note=order.note,
        applied_at=now(session),
        applied_by=context_of(session).caller,
    )
    session.add(use)
    await session.flush()
    event = TemplateApplied(
        template_use_id=use.id,
        template=use.template,
        record_key=use.record_key,
        record_version=use.record_version,
        terms=use.terms,
    )
    await publish(session, event)
    return use


async def page(
    session: AsyncSession, *, template: str, after: UUID | None, limit: int
) -> Sequence[TemplateUse]:
    """Return the uses of a template in the order they were made, after an id."""
    query = sa.select(TemplateUse).where(TemplateUse.template == template)
    if after is not None:
        query = query.where(TemplateUse.id > after)
    return (await session.scalars(query.order_by(TemplateUse.id).limit(limit))).all()
