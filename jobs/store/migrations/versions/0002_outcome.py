"""Comparisons keep what their sentence says of the leading variant, for the sign beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    column = sa.Column("outcome", sa.Text(), nullable=False, server_default="")
    op.add_column("comparisons", column)
