"""What workers do for carriers: work the inbox off, keep its partitions."""

from datetime import timedelta

from app.carriers import partitions, processing
from app.kit.jobs import Loop, Periodic

LOOPS = (Loop("inbox", processing.step, poll_s=lambda runtime: runtime.settings.inbox.poll_s),)
PERIODIC = (
    Periodic("carriers.make_partitions", timedelta(hours=1), partitions.make_ahead),
    Periodic("carriers.drop_partitions", timedelta(hours=6), partitions.drop_expired),
)
