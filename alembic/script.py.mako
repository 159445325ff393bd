"""${message}.

Expand, backfill by a batched job, contract, in three releases: the release before this one
still runs while this does. Indexes on living tables are made concurrently.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
