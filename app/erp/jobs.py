"""What workers do for the ERP: tell it of events, drop what was told long ago."""

from datetime import timedelta

from app.erp import forgetting
from app.erp.sending import Sender
from app.kit.jobs import Loop, Periodic

_SENDER = Sender()

LOOPS = (
    Loop(
        "webhooks",
        _SENDER.step,
        poll_s=lambda runtime: runtime.settings.webhooks.poll_s,
        finish=_SENDER.finish,
    ),
)
PERIODIC = (Periodic("erp.forget_deliveries", timedelta(hours=6), forgetting.forget),)
