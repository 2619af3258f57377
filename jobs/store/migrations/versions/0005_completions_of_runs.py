"""Completions know the run that wrote them, and go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("completions", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.add_column(sa.Column("run_id", sa.Integer()))
        batch.create_foreign_key(
            "completions_of_run", "runs", ["run_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("completions_run", "completions", ["run_id"])
