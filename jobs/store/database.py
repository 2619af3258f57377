"""One SQLite file: its settings, its two kinds of transaction, and its way to the newest form."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from jobs.errors import AttuneError, DiskFull, Unavailable
from jobs.store.filelock import waiting_lock
from jobs.store.migrations import HEAD, REVISIONS

# Longer than any stranger (a backup, a viewer) is seen to hold a database.
BUSY_SECONDS = 60.0


class Damaged(Unavailable):
    """The file is no database, or one whose pages were written over: waiting does not help."""


class Database:
    """Connections to one file; every statement of the project runs in `read()` or `write()`."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy = busy_seconds
        self._open = threading.local()
        url = URL.create("sqlite", database=str(path))
        self.engine = create_engine(url, connect_args={"timeout": busy_seconds}, max_overflow=-1)
        event.listen(self.engine, "connect", self._configure)
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write: all of the block or nothing of it.

        It begins with BEGIN IMMEDIATE: under WAL one that reads first and writes later fails at
        once when another has written in between. Inside another `write()` of the same thread it
        is part of that one, so several verbs of the store can be joined into one transaction.
        """
        with self._transaction("IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, on one snapshot; inside `write()` it is part of it."""
        with self._transaction("DEFERRED") as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the file to the newest form; one SELECT when it has it already."""
        version = self._version()
        if version == HEAD:
            return
        if version is not None and version not in REVISIONS:
            raise Unavailable(
                f"The home folder {self.path.parent} was used by a newer Attune than this one.",
                "Update Attune, or choose another folder with --home.",
            )
        with waiting_lock(self.path.with_name(self.path.name + ".migrating")):
            if self._version() != HEAD:
                self._upgrade()

    def close(self) -> None:
        """Close the connections that no transaction is using."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        outer: tuple[Connection, str] | None = getattr(self._open, "transaction", None)
        if outer is not None:
            if mode == "IMMEDIATE" and outer[1] != mode:
                raise RuntimeError("write() inside read(): open the outer one with write()")
            yield outer[0]
            return
        with _plain_errors(self.path), self.engine.connect() as plain:
            connection = plain.execution_options(begin=mode)
            with connection.begin():
                self._open.transaction = (connection, mode)
                try:
                    yield connection
                finally:
                    self._open.transaction = None

    def _configure(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, not the driver's
        connection.execute(f"PRAGMA busy_timeout = {int(self._busy * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        # NORMAL loses the last commits when the power goes.
        connection.execute("PRAGMA synchronous = FULL")

    def _version(self) -> str | None:
        try:
            with self.engine.connect() as connection:
                found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
                return found.scalar()
        except DatabaseError as error:
            if "no such table" in str(error.orig):
                return None
            raise _plain(error, self.path) or error from error

    def _upgrade(self) -> None:
        # Imported here: at head it is not needed, and it would cost every start 0.2 s.
        from jobs.store.migrations.upgrade import upgrade

        with _plain_errors(self.path):
            self._switch_to_wal()
            with self.engine.connect() as connection:
                upgrade(connection)
            self.engine.dispose()

    def _switch_to_wal(self) -> None:
        """SQLite does not wait by itself here when another process reads at this moment."""
        for patience in range(100, -1, -1):
            try:
                with self.engine.connect().execution_options(begin=None) as connection:
                    # Stored in the file: every later connection has it.
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar()
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or not patience:
                    raise
                time.sleep(0.05)


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    if mode is not None:  # None: outside of transactions, for PRAGMA
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        told = _plain(error, path)
        if told is None:  # a constraint, or a mistake of ours
            raise
        raise told from error


def _plain(error: DatabaseError, path: Path) -> AttuneError | None:
    """What a person can do something about, in words; None for an error of ours."""
    damaged = (
        Damaged,
        f"The file {path} is damaged, or is no database of Attune's.",
        "Put a copy from before in its place, or choose another folder with --home; what lies "
        "beside it in the folder is untouched.",
    )
    words: dict[str, Any] = {
        "file is not a database": damaged,
        "disk image is malformed": damaged,
        "disk is full": (
            DiskFull,
            f"There is no room left on the volume of {path.parent}.",
            "Free some space, then try again.",
        ),
        "disk I/O error": (  # what SQLite says where the log beside it cannot grow
            DiskFull,
            f"The volume of {path.parent} cannot be written to: it is full, or failing.",
            "Free some space, then try again.",
        ),
        "readonly database": (
            Unavailable,
            f"Attune may not write to {path.parent}.",
            "Make the folder writable, or choose another with --home.",
        ),
        "unable to open": (
            Unavailable,
            f"The database {path} cannot be opened.",
            "See that the folder exists and may be written to, or choose another with --home.",
        ),
        "database is locked": (
            Unavailable,
            f"Another program kept the database {path} locked.",
            "Close programs that have it open, then try again.",
        ),
    }
    text = str(error.orig)
    for sign, (kind, what, cure) in words.items():
        if sign in text:
            found: AttuneError = kind(what, cure, detail=text)
            return found
    return None
