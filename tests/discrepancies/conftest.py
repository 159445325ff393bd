"""The missing widget, as the model is asked and as the API is."""

from datetime import UTC, datetime, timedelta

import pytest

from app.discrepancies.verdict import Line, Package, Question, Reading, Rounding
from app.parcels.reports import ReadingKind
from tests.discrepancies.room import Room, tell_world

PACKED = datetime(2026, 2, 27, 22, 40, tzinfo=UTC)


def a_reading(grams, *, hours=0, scale="dock", step=10.0, kind=ReadingKind.MEASURED, **but):
    given = {"rounding": Rounding.NEAREST, "measured_at": PACKED + timedelta(hours=hours)}
    return Reading(kind, grams, step, scale=scale, place=scale.title(), **{**given, **but})


def a_package(*readings, key="1", contents=None, **but):
    given = {"tare_g": 350.0, **but}
    return Package(key, {"10": 2} if contents is None else contents, readings=readings, **given)


def a_question(*packages, quantity=2, **but):
    lines = but.pop("lines", (Line("10", "WID-2", quantity, 1250.0),))
    return Question(lines, packages, **{"reported_missing": {"10": 1}, **but})


@pytest.fixture
def body():
    """Two widgets of 1.25 kg in a box of 350 g; she says that one is missing."""
    return {
        "lines": [
            {
                "key": "10",
                "sku": "WID-2",
                "quantity": 2,
                "unit_weight": {"value": "1.25", "unit": "kg"},
            }
        ],
        "packages": [
            {
                "key": "1",
                "contents": [{"line": "10", "quantity": 2}],
                "tare": {"value": "350", "unit": "g"},
                "declared": {"value": "2.85", "unit": "kg"},
                "readings": [
                    {
                        "kind": "measured",
                        "weight": {"value": "1.62", "unit": "kg"},
                        "resolution": {"value": "10", "unit": "g"},
                        "rounding": "nearest",
                        "scale": "dock",
                        "measured_at": "2026-02-27T16:40:00-06:00",
                        "place": "Reno NV, dock",
                    }
                ],
            }
        ],
        "reported_missing": [{"line": "10", "quantity": 1}],
        "delivered_at": "2026-03-03T14:05:00-06:00",
    }


@pytest.fixture
async def room(client, run_jobs, scales):
    told = Room(client, run_jobs, scales)
    await tell_world(told.erp)
    await run_jobs()
    return told
