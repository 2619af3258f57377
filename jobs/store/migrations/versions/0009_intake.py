"""What became of every row that an import read."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("datasets", sa.Column("intake", sa.JSON(), nullable=True))
