"""Datasets have versions: a mend or an edit makes another one, whose parent stays as it was."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in (
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("current", sa.Boolean(), nullable=False, server_default="1"),
        sa.Column("change", sa.Text(), nullable=False, server_default=""),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.Column("studied", sa.Boolean(), nullable=False, server_default="0"),
    ):
        op.add_column("datasets", column)
    # Alembic would add the reference as a constraint of its own, which SQLite cannot do.
    op.execute("ALTER TABLE datasets ADD COLUMN parent_id INTEGER REFERENCES datasets (id)")
    op.create_index("ix_datasets_parent_id", "datasets", ["parent_id"], unique=False)
    op.drop_index("datasets_name", "datasets")
    op.create_index(
        "datasets_name",
        "datasets",
        ["name"],
        unique=True,
        sqlite_where=sa.text("ready = 1 AND current = 1"),
    )
    op.create_index(
        "datasets_version",
        "datasets",
        ["name", "version"],
        unique=True,
        sqlite_where=sa.text("ready = 1"),
    )
