"""When an endpoint has failed for too long: first an alert, then it is told nothing more."""

from collections.abc import Iterator
from datetime import datetime

from app.erp.events import EndpointDisabled, EndpointFailing
from app.erp.models import Endpoint
from app.erp.rules import ALERT_AFTER, DISABLED_AFTER, Disabled
from app.events import Event


def end(endpoint: Endpoint, reason: Disabled, moment: datetime) -> Iterator[Event]:
    """Disable an endpoint that is still told; yields what to publish. `endpoint` is locked."""
    if not _is_told(endpoint):
        return
    endpoint.disabled_at, endpoint.disabled_reason = moment, reason.value
    endpoint.version += 1
    yield EndpointDisabled(
        endpoint_id=endpoint.id,
        url=endpoint.url,
        reason=reason.value,
        failing_since=endpoint.failing_since,
    )


def judge(endpoint: Endpoint, moment: datetime) -> Iterator[Event]:
    """Alert, or disable, as the time asks for it that nothing arrived; yields what to publish.

    Never disabled without a day's notice: where nothing was told in the day between the two, the
    alert comes late, and so does the end.
    """
    since = endpoint.failing_since
    if since is None or not _is_told(endpoint) or moment - since < ALERT_AFTER:
        return
    if endpoint.alerted_at is None:
        endpoint.alerted_at = moment
        yield EndpointFailing(endpoint_id=endpoint.id, url=endpoint.url, failing_since=since)
    elif moment - endpoint.alerted_at >= DISABLED_AFTER - ALERT_AFTER:
        yield from end(endpoint, Disabled.FAILING, moment)


def _is_told(endpoint: Endpoint) -> bool:
    return endpoint.disabled_at is None and endpoint.deleted_at is None
