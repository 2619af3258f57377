"""The file: its settings, its transactions, its migrations."""

import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from jobs.errors import Unavailable
from jobs.home import Home
from jobs.store import Store
from jobs.store.database import Database
from jobs.store.migrations import HEAD, REVISIONS
from jobs.store.migrations.upgrade import alembic_config
from jobs.store.tables import metadata


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "a.db", busy_seconds=5)
    database.migrate()
    yield database
    database.close()


def pragma(database, name):
    with database.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_settings(database):
    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 2  # FULL
    assert pragma(database, "foreign_keys") == 1
    assert pragma(database, "busy_timeout") == 5000


def test_the_migrations_lead_to_the_tables(database):
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_list_of_revisions_is_what_alembic_finds():
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == set(REVISIONS)


def test_two_processes_that_create_one_home_at_once(tmp_path, together):
    for attempt in range(3):
        home = Home(tmp_path / str(attempt))

        def create(number, home=home):
            store = Store.open(home)
            store.facts.set(f"process {number}", number)

        assert together(create, 3) == [0, 0, 0]
        store = Store.open(home)
        assert [store.facts.get(f"process {n}") for n in range(3)] == [0, 1, 2]


def test_a_start_at_head_is_quick_and_does_not_import_alembic(database):
    code = f"""
import sys, time
from pathlib import Path
from jobs.store.database import Database
begun = time.process_time()
Database(Path({str(database.path)!r})).migrate()
assert time.process_time() - begun < 0.3
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database):
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="newer"):
        Database(database.path).migrate()


def test_a_migration_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def broken(config, to):
        connection = config.attributes["connection"]
        connection.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.command.upgrade", broken)
    path = tmp_path / "b.db"
    with pytest.raises(RuntimeError, match="power cut"):
        Database(path).migrate()
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == []
    monkeypatch.undo()
    Database(path).migrate()


def test_a_transaction_that_reads_first_and_writes_later_waits_its_turn(database):
    """Under WAL with a plain BEGIN, one of the two fails at once, whatever the timeout."""
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO facts VALUES ('count', '0', 0)")
    failures = []

    def add():
        try:
            for _ in range(10):
                with database.write() as connection:
                    query = "SELECT value FROM facts WHERE key = 'count'"
                    count = int(connection.exec_driver_sql(query).scalar())
                    time.sleep(0.002)
                    connection.exec_driver_sql(f"UPDATE facts SET value = '{count + 1}'")
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT value FROM facts").scalar() == 30


def test_verbs_joined_into_one_transaction_happen_together_or_not_at_all(store):
    def fail_halfway():
        with store.transaction():
            store.jobs.submit("nap", "cpu")
            store.facts.set("a", 1)
            assert store.facts.get("a") == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert store.jobs.list() == []
    assert store.facts.get("a") is None
    with store.transaction():
        store.facts.set("a", 2)
    assert store.facts.get("a") == 2


def test_writing_inside_a_reading_block_is_a_mistake_that_is_told(database):
    with database.read(), pytest.raises(RuntimeError, match="write"), database.write():
        pass


def test_foreign_keys_hold(store, make_run):
    run = make_run("tone-1")
    with pytest.raises(IntegrityError):
        store.events.append(999, None, [("log", {"text": "x"})])
    with pytest.raises(IntegrityError):
        store.jobs.submit("train", "cpu", run_id=999)
    with pytest.raises(IntegrityError):
        store.runs.add("b", 999, "starter", "lora", "quick", {}, 0, "{prompt}", "cpu")
    assert not store.runs.exists("b")
    job = store.jobs.newest(run.id)
    store.checkpoints.add(run.id, 1, store.home.run(run.id), None)
    store.jobs.request_stop(job.id)
    store.runs.delete("tone-1")
    assert store.checkpoints.list(run.id) == []
    assert store.jobs.list() == []


def test_a_stranger_that_holds_the_database_is_waited_for(database):
    stranger = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    stranger.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, stranger.rollback).start()
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO facts VALUES ('x', '1', 0)")


def test_a_stranger_that_never_lets_go_is_told_in_words(database):
    impatient = Database(database.path, busy_seconds=0.1)
    stranger = sqlite3.connect(database.path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="Another program"), impatient.write():
        pass
    stranger.rollback()
    with impatient.write():
        pass


def test_a_file_that_is_no_database_is_told_in_words_and_left_alone(tmp_path):
    path = tmp_path / "attune.db"
    path.write_text("this is no database, whatever its name says\n" * 20)
    with pytest.raises(Unavailable, match="is damaged, or is no database") as refused:
        Database(path).migrate()
    assert "--home" in refused.value.cure
    assert path.read_text().startswith("this is no database")


def test_a_database_with_damaged_pages_is_told_in_words(database):
    with database.write() as connection:
        for number in range(2000):
            connection.exec_driver_sql(f"INSERT INTO facts VALUES ('{number}', '{'x' * 200}', 0)")
    database.close()
    content = bytearray(database.path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    database.path.write_bytes(content)
    with pytest.raises(Unavailable, match="is damaged"), database.read() as connection:
        connection.exec_driver_sql("SELECT sum(length(value)) FROM facts").scalar()
