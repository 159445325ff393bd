"""obligations: whether what was lost is gone, or is there and failed."""

import sqlalchemy as sa
from alembic import op

revision = "loss_kinds"
down_revision = "replacements"


def upgrade() -> None:
    op.add_column("losses", sa.Column("kind", sa.Text(), server_default="gone", nullable=False))
    op.create_check_constraint(op.f("ck_losses_kind"), "losses", "kind IN ('gone', 'failed')")
    # What claims lost before there was a word for it.
    op.execute("UPDATE losses SET kind = 'failed' FROM claim_lines WHERE loss_id = losses.id")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_losses_kind"), "losses", type_="check")
    op.drop_column("losses", "kind")
