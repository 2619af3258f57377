"""Datasets: a name is taken only when the folder is whole."""

import pytest

from jobs.errors import AlreadyExists, InputError, NotFound, Unavailable
from jobs.home import Home
from jobs.store import Store
from jobs.store.database import Database
from jobs.store.migrations.upgrade import upgrade
from jobs.types import Columns, Finding

WHOLE = {
    "source": "a.csv",
    "columns": Columns("ask", ("answer", "answer2")),
    "template": "{prompt}",
    "counts": {"train": 8, "validation": 1, "test": 1},
    "fingerprint": "f00",
    "findings": (Finding("blank", "warning", 2, "Two rows are blank.", (3, 9)),),
    "bytes": 77,
}


def test_a_dataset_is_there_when_it_is_whole(store):
    dataset_id = store.datasets.reserve("letters")
    assert not store.datasets.exists("letters")
    assert store.datasets.list() == []
    with pytest.raises(NotFound):
        store.datasets.by_id(dataset_id)
    info = store.datasets.complete(dataset_id, **WHOLE)
    assert info == store.datasets.get("letters") == store.datasets.by_id(dataset_id)
    assert info.findings == WHOLE["findings"]
    assert info.columns == WHOLE["columns"]


def test_an_import_that_died_holds_no_name(store, clock):
    dead = store.datasets.reserve("letters")
    clock.now += 3600
    alive = store.datasets.reserve("letters")
    assert alive > dead
    store.datasets.complete(alive, **WHOLE)
    assert store.datasets.abandoned(older_than=60) == [dead]
    store.datasets.abandon(dead)
    store.datasets.abandon(alive)  # whole by now: stays
    assert store.datasets.exists("letters")
    assert store.datasets.reserve("other") > alive


def test_of_two_imports_of_one_name_the_first_to_be_whole_has_it(store):
    first, second = store.datasets.reserve("letters"), store.datasets.reserve("letters")
    store.datasets.complete(second, **WHOLE)
    with pytest.raises(AlreadyExists):
        store.datasets.complete(first, **WHOLE)
    with pytest.raises(AlreadyExists):
        store.datasets.reserve("letters")
    assert store.datasets.get("letters").id == second


@pytest.mark.parametrize("name", ["", "a/b", ".a", "a" * 81])
def test_names_that_may_not_be(store, name):
    with pytest.raises(InputError):
        store.datasets.reserve(name)


def test_a_delete_is_refused_while_runs_use_it(store, dataset, make_run):
    make_run("tone-1")
    with pytest.raises(Unavailable, match="“tone-1”"):
        store.datasets.delete("letters")
    store.jobs.request_stop(1)
    store.runs.delete("tone-1")
    comparison = store.comparisons.add(dataset.id, "starter", "test", None, ["base"], {})
    with pytest.raises(Unavailable, match="comparison"):
        store.datasets.delete("letters")
    store.jobs.request_stop(comparison.job_id)
    assert store.datasets.delete("letters") == dataset
    assert store.comparisons.list() == []
    with pytest.raises(NotFound):
        store.datasets.get("letters")


def test_a_database_from_before_versions_keeps_its_datasets(tmp_path):
    database = Database(tmp_path / "a.db")
    with database.engine.connect() as connection:
        upgrade(connection, "0003")
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO datasets (name, created, ready, source, columns, template, counts, "
            "fingerprint, findings, bytes) VALUES ('old', 1, 1, 'a.csv', "
            '\'{"prompt": "p", "completions": ["c"]}\', \'{prompt}\', \'{"train": 3}\', \'f\', '
            '\'[{"code": "long", "severity": "note", "count": 1, "sentence": "x", '
            '"rows": [1]}]\', 7)'
        )
    database.migrate()
    store = Store(database, Home(tmp_path))
    info = store.datasets.get("old")
    assert (info.version, info.current, info.parent_id, info.studied) == (1, True, None, False)
    assert (info.findings[0].mend, info.spec) == ("", "old")
    assert store.datasets.versions("old") == [info]
    store.close()


def test_a_version_has_its_number_and_no_dataset_may_be_called_so(store):
    first = store.datasets.add("a", **WHOLE)
    made = store.datasets.reserve_version(first)
    second = store.datasets.complete(made, **WHOLE, parent=first, change="Something")
    assert store.datasets.get("a@2") == second
    assert store.datasets.get("a@1").spec == "a@1"
    with pytest.raises(InputError, match="ends as a version"):
        store.datasets.add("a@1", **WHOLE)
    assert [d.name for d in store.datasets.list()] == ["a"]


def test_findings_that_come_later_stand_beside_those_before(store, dataset):
    near = Finding("near_duplicates", "note", 2, "Two rows.", (1, 2))
    info = store.datasets.add_findings(dataset.id, [near])
    assert (info.findings, info.studied) == ((near,), True)
    assert store.datasets.add_findings(dataset.id, [near]).findings == (near,)
