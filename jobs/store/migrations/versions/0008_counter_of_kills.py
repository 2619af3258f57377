"""Jobs keep the name of the counter that their count of out-of-memory kills was read from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("oom_counter", sa.Text(), nullable=True))
