"""Completions keep how likely the model found the reference."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("completions", sa.Column("nll", sa.Float()))
    tokens = sa.Column("reference_tokens", sa.Integer(), nullable=False, server_default="0")
    op.add_column("completions", tokens)
