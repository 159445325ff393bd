"""What no schema can tell schemathesis: new requests have new keys, records lie in the past."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4  # noqa: TID251 (its time does not matter)

import schemathesis
from schemathesis import GenerationMode

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    return str(value).encode("utf-8", "replace")


@schemathesis.hook
def before_call(_context, case, _kwargs):
    headers = case.headers or {}
    if _KEY.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid4())
    if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
        _mend(case.body)


def _mend(body: Any) -> None:
    if isinstance(body, list):
        for item in body:
            _mend(item)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if _is_odd(name, value):
            body[name] = "2026-03-02T09:00:00Z"
    if isinstance(body.get("value"), str) and isinstance(body.get("unit"), str):
        body.update(value="1.25", unit="kg")
    for value in body.values():
        _mend(value)


def _is_odd(name: str, text: object) -> bool:
    """Whether it is an instant that no record of a sale can have."""
    try:
        moment = datetime.fromisoformat(str(text))
        is_future = moment > datetime.now(UTC)  # noqa: TID251
    except (ValueError, TypeError):
        return False
    return moment.year < 1900 or (name in {"as_of", "seen_at"} and is_future)
