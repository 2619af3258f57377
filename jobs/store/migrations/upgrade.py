"""Runs the migrations that a file lacks, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def alembic_config() -> Config:
    """Alembic's settings, made here: an installed wheel has no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the file behind `connection` to revision `to`; when it fails, nothing has changed.

    Foreign keys are off while tables are rebuilt (dropping one would empty those that refer to
    it) and checked as a whole before the commit.
    """
    _outside(connection, "PRAGMA foreign_keys = OFF")  # without effect in a transaction
    connection.execution_options(begin="IMMEDIATE")
    config = alembic_config()
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, to)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left {len(broken)} rows without their owner")
    _outside(connection, "PRAGMA foreign_keys = ON")


def _outside(connection: Connection, pragma: str) -> None:
    connection.execution_options(begin=None)
    connection.exec_driver_sql(pragma)
    connection.rollback()
