"""Answers that grow while they are written, with what is odd about them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("answers", sa.Column("whole", sa.Boolean(), nullable=False, server_default="1"))
    op.add_column("answers", sa.Column("note", sa.Text(), nullable=False, server_default=""))
