"""Large files: the same rows, whatever the batches; progress, and an end when it is asked for."""

import json
import threading
import time

import pytest

from jobs.data import Progress, import_dataset, load_examples
from jobs.data.cached import unlocked_property
from jobs.data.splits import fold, split
from jobs.data.threads import in_turns
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


def nothing(item):
    """No work."""


def test_items_are_used_in_their_order_by_two_threads_at_most():
    used, threads = [], set()

    def prepare(number):
        threads.add(threading.get_ident())
        time.sleep(0.002 * (number % 3))  # a later item is often ready first

    assert list(in_turns(iter(range(50)), prepare, used.append)) == list(range(50)) == used
    assert len(threads) == 2
    assert threading.get_ident() not in threads


def test_one_item_is_prepared_while_another_is_used():
    using, prepared = threading.Event(), threading.Event()

    def prepare(number):
        if number == 1:
            assert using.wait(5)
            prepared.set()

    def use(number):
        using.set()
        assert prepared.wait(5)

    assert list(in_turns(iter(range(2)), prepare, use)) == [0, 1]


def test_one_item_is_used_while_the_next_is_put_to_its_first_use():
    second, first = threading.Event(), threading.Event()
    used = []

    def ask(number):
        used.append(("ask", number))
        if number == 1:
            first.set()
            assert second.wait(5)

    def take(number):
        if number == 0:
            assert first.wait(5)
            second.set()
        used.append(("take", number))

    assert list(in_turns(iter(range(20)), nothing, ask, take)) == list(range(20))
    for step in ("ask", "take"):
        assert [number for name, number in used if name == step] == list(range(20))


@pytest.mark.parametrize("place", ["made", "prepared", "used"])
def test_an_error_comes_in_its_turn_and_nothing_behind_it_is_used(place):
    used = []

    def made():
        yield from (0, 1)
        if place == "made":
            raise ValueError("broken")
        yield from range(2, 50)

    def prepare(number):
        if place == "prepared" and number == 2:
            time.sleep(0.05)  # the next one is ready, and waits for its turn
            raise ValueError("broken")

    def use(number):
        if place == "used" and number == 2:
            raise ValueError("broken")
        used.append(number)

    read = in_turns(made(), prepare, use)
    assert [next(read), next(read)] == [0, 1]  # were used, though a later one broke before
    with pytest.raises(ValueError, match="broken"):
        next(read)
    assert used == [0, 1]


def test_what_comes_before_an_error_is_used_however_early_the_error_is():
    used, broken = [], threading.Event()

    def made():
        yield 0
        broken.set()
        raise ValueError("broken")

    def prepare(number):
        assert broken.wait(5)
        time.sleep(0.02)

    read = in_turns(made(), prepare, used.append)
    assert next(read) == 0
    assert used == [0]
    with pytest.raises(ValueError, match="broken"):
        next(read)


def test_two_threads_prepare_at_once():
    class Item:
        @unlocked_property
        def meets(self):
            return both.wait(5)

    both = threading.Barrier(2)
    items = [Item(), Item()]
    assert list(in_turns(iter(items), lambda item: item.meets, nothing)) == items


def test_turns_can_be_left():
    endless = in_turns(iter(range(10**9)), nothing, nothing)
    assert [next(endless) for _ in range(5)] == [0, 1, 2, 3, 4]
    endless.close()  # joins the threads, or this test never ends


def test_turns_are_left_while_an_item_is_made():
    begun, go_on, used = threading.Event(), threading.Event(), []

    def slow():
        yield 1
        begun.set()
        go_on.wait(5)
        yield 2

    made = slow()
    read = in_turns(made, nothing, used.append)
    assert next(read) == 1
    begun.wait(5)
    threading.Timer(0.05, go_on.set).start()
    read.close()
    made.close()  # nobody works on it any more, or this is a ValueError
    assert used == [1]


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
        time.sleep(0.1)
        return ()


@pytest.mark.parametrize("phase", ["Writing the dataset", "Looking for what stands out"])
def test_cancel_does_not_wait_for_the_examination(phase, large, tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.data.doctor.checks", lambda: (_Slow(),) * 200)
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
