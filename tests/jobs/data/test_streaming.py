"""Large files: the same rows, whatever the batches; progress, and an end when it is asked for."""

import json
import threading
import time
from collections import deque

import pytest

from jobs.data import Progress, import_dataset, load_examples
from jobs.data.splits import fold, split
from jobs.data.threads import Worker, ahead, working
from jobs.errors import DataError, InputError
from jobs.types import DatasetInfo, Example
from jobs.workspace.imports import Cancelled, Imports


def _rows(count):
    """Prompts that repeat now and then, with other and with equal completions."""
    for i in range(count):
        yield {"prompt": f"Prompt {i // 3 if i % 7 == 0 else i}", "completion": f"answer {i % 50}"}


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "rows.jsonl"
    with path.open("w") as file:
        for row in _rows(30_000):
            file.write(json.dumps(row) + "\n")
    return path


@pytest.mark.parametrize("exact", [True, False])
def test_streamed_rows_are_split_as_rows_in_memory(exact, large, tmp_path, monkeypatch):
    if not exact:
        monkeypatch.setattr("jobs.data.staging.EXACT", 100)
    made = import_dataset(large, tmp_path / "d", name="d")
    sides = {side: load_examples(tmp_path / "d", side) for side in ("train", "validation", "test")}
    rows = [Example(r["prompt"], (r["completion"],), i) for i, r in enumerate(_rows(30_000), 1)]
    if exact:
        assert sides == split(rows)
    prompts = {side: {row.prompt.casefold() for row in sides[side]} for side in sides}
    assert not prompts["train"] & prompts["test"]
    assert not prompts["train"] & prompts["validation"]
    assert not prompts["test"] & prompts["validation"]
    groups = len(fold(rows))
    assert len(prompts["test"]) == len(sides["test"]) == round(0.1 * groups)
    assert sum(map(len, prompts.values())) == groups
    folded = next(finding for finding in made.findings if finding.code == "folded")
    assert sum(made.counts.values()) + folded.count == 30_000
    again = import_dataset(large, tmp_path / "e", name="e")
    assert again.fingerprint == made.fingerprint


def test_rows_of_validation_and_test_that_are_folded_keep_every_reference(tmp_path):
    path = tmp_path / "rows.csv"
    rows = [f"p{i % 40},a{i}\n" for i in range(120)]
    path.write_text("prompt,completion\n" + "".join(rows))
    import_dataset(path, tmp_path / "d", name="d", test_share=0.5)
    for side in ("validation", "test"):
        for row in load_examples(tmp_path / "d", side):
            first = int(row.prompt[1:])
            assert row.references == tuple(f"a{first + step}" for step in (0, 40, 80))
            assert row.row == first + 1


def test_progress_rises_to_the_end(large, tmp_path):
    told: list[Progress] = []
    import_dataset(large, tmp_path / "d", name="d", progress=told.append)
    shares = [at.share for at in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told[-1].rows == 30_000
    assert told[0].phase == "Reading the rows"


@pytest.mark.parametrize("when", ["Reading the rows", "Writing the dataset"])
def test_what_progress_raises_ends_it_and_leaves_nothing(when, large, tmp_path):
    def stop(at):
        if at.phase == when:
            raise Cancelled("Stopped.", "Begin again.")

    with pytest.raises(Cancelled):
        import_dataset(large, tmp_path / "datasets" / "1", name="d", progress=stop)
    assert not list((tmp_path / "datasets").iterdir())


def test_an_error_late_in_a_large_file_names_its_line_and_leaves_nothing(large, tmp_path):
    with large.open("a") as file:
        file.write('{"prompt": "x"\n')
    with pytest.raises(DataError, match="Line 30001"):
        import_dataset(large, tmp_path / "datasets" / "1", name="d")
    assert not list((tmp_path / "datasets").iterdir())


def test_a_column_that_only_late_rows_have_can_be_asked_for(large, tmp_path):
    with large.open("a") as file:
        for i in range(50):
            file.write(json.dumps({"prompt": f"late {i}", "late": "x"}) + "\n")
    made = import_dataset(
        large, tmp_path / "d", name="d", prompt="prompt", completions=("late",), test_share=0.5
    )
    assert sum(made.counts.values()) == 50
    with pytest.raises(InputError, match="no column “never”"):
        import_dataset(large, tmp_path / "e", name="e", prompt="prompt", completions=("never",))


def test_reading_ahead_carries_errors_and_can_be_left():
    def broken():
        yield 1
        raise ValueError("broken")

    read = ahead(broken())
    assert next(read) == 1
    with pytest.raises(ValueError, match="broken"):
        next(read)
    endless = ahead(iter(range(10**9)))
    assert [next(endless) for _ in range(5)] == [0, 1, 2, 3, 4]
    endless.close()  # joins the thread, or this test never ends


def test_reading_ahead_is_left_while_an_item_is_made():
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        yield 1
        begun.set()
        go_on.wait(5)
        yield 2

    made = slow()
    read = ahead(made)
    assert next(read) == 1
    begun.wait(5)
    threading.Timer(0.05, go_on.set).start()
    read.close()
    made.close()  # nobody works on it any more, or this is a ValueError


def test_a_worker_keeps_the_order_and_tells_what_it_raised():
    seen: list[int] = []
    with working(seen.append) as worker:
        for number in range(50):
            worker.give(number)
    assert seen == list(range(50))
    with pytest.raises(ZeroDivisionError), working(lambda number: 1 / number) as worker:
        worker.give(0)
    failing = Worker(lambda number: 1 / number)
    with pytest.raises(ZeroDivisionError):
        deque(map(failing.give, [0] * 20))


def test_a_worker_that_was_never_given_anything_leaves_no_thread():
    before = threading.active_count()
    worker = Worker(print)
    assert threading.active_count() == before
    worker.finish()


def _dataset(name):
    from jobs.types import Columns

    return DatasetInfo(1, name, 0.0, "f", Columns("a", ("b",)), "{prompt}", {}, "")


def test_an_import_in_the_background_tells_how_far_it_is():
    imports = Imports()

    def work(progress):
        progress(Progress("Reading the rows", 0.5, 10))
        return _dataset("d")

    begun = imports.start("d", work)
    ended = imports.wait(begun.id, 10)
    assert (ended.state, ended.share, ended.rows) == ("done", 1.0, 10)
    assert ended.dataset == _dataset("d")


class _Slow:
    """A check that takes twenty seconds over its findings."""

    HARM = 1

    def start(self):
        return self

    def feed(self, batch, *, test):
        pass

    def finish(self, whole):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for _ in whole.again():
                time.sleep(0.01)
        return ()


@pytest.mark.parametrize("phase", ["Writing the dataset", "Looking for what stands out"])
def test_cancel_does_not_wait_for_the_examination(phase, large, tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.data.doctor.checks", lambda: (_Slow(),))
    began = []

    def progress(at):
        if at.phase == phase:
            began.append(time.monotonic())
            raise Cancelled("It was cancelled.", "")

    with pytest.raises(Cancelled):
        import_dataset(large, tmp_path / "d", name="d", progress=progress)
    assert time.monotonic() - began[0] < 2
    assert list(tmp_path.iterdir()) == [large]


def test_what_the_examination_raises_ends_the_import(large, tmp_path, monkeypatch):
    def broken(_):
        raise KeyError("x")

    monkeypatch.setattr(_Slow, "finish", lambda self, whole: broken(whole))
    monkeypatch.setattr("jobs.data.doctor.checks", lambda: (_Slow(),))
    with pytest.raises(KeyError):
        import_dataset(large, tmp_path / "d", name="d")
    assert list(tmp_path.iterdir()) == [large]


def test_an_import_in_the_background_can_be_cancelled_and_can_fail():
    imports = Imports()

    def endless(progress):
        while True:
            progress(Progress("Reading the rows", 0.1, 1))
            time.sleep(0.01)

    begun = imports.start("d", endless)
    imports.cancel(begun.id)
    assert imports.wait(begun.id, 10).state == "stopped"

    def failing(progress):
        raise DataError("It is bad.", "Mend it.")

    ended = imports.wait(imports.start("d", failing).id, 10)
    assert (ended.state, str(ended.error)) == ("failed", "It is bad. Mend it.")

    def bug(progress):
        raise KeyError("x")

    ended = imports.wait(imports.start("d", bug).id, 10)
    assert ended.state == "failed"
    assert "KeyError" in ended.error.detail
